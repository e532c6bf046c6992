import { type Script, script } from '../connection/script.ts'

/**
 * Takes a block out of one token bucket. KEYS: a hash of count, bytes and the time of both. ARGV: count and bytes per second (a full bucket holds as much),
 * count and bytes needed, count and bytes wanted. Answers count and bytes given, the milliseconds until there is enough (0: given), and
 * count and bytes left.
 * More than a full bucket is given when it is full, and leaves it in debt. A bucket that is not known is full. Times are Redis's own.
 */
export const tokensScript: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local rates = { tonumber(ARGV[1]), tonumber(ARGV[2]) }
local needs = { tonumber(ARGV[3]), tonumber(ARGV[4]) }
local wants = { tonumber(ARGV[5]), tonumber(ARGV[6]) }
local state = redis.call('HMGET', KEYS[1], 'count', 'bytes', 'at')
local elapsed = math.max(0, now - (tonumber(state[3]) or now))
local tokens, given, wait, full = {}, {}, 0, 0
for i = 1, 2 do
  tokens[i] = math.min(rates[i], (tonumber(state[i]) or rates[i]) + elapsed * rates[i] / 1000)
  wait = math.max(wait, (math.min(needs[i], rates[i]) - tokens[i]) * 1000 / rates[i])
end
for i = 1, 2 do
  given[i] = wait > 0 and 0 or math.max(needs[i], math.min(wants[i], math.floor(tokens[i])))
  tokens[i] = tokens[i] - given[i]
  full = math.max(full, (rates[i] - tokens[i]) * 1000 / rates[i])
end
redis.call('HSET', KEYS[1], 'count', string.format('%.3f', tokens[1]), 'bytes', string.format('%.3f', tokens[2]), 'at', string.format('%.3f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(full) + 1000)
return { given[1], given[2], math.ceil(wait), math.floor(tokens[1]), math.floor(tokens[2]) }
`)
