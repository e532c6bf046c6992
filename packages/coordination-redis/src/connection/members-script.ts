import { type Script, script } from './script.ts'

/**
 * Counts the processes of a system. KEYS: a hash of process id to "last heard, lease". ARGV: process id, leaseMs (0 leaves). Answers how many there are.
 * Times are Redis's own; a clock of it that was set back makes nobody immortal.
 */
export const membersScript: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local id, lease_ms = ARGV[1], tonumber(ARGV[2])
if lease_ms == 0 then
  redis.call('HDEL', KEYS[1], id)
else
  redis.call('HSET', KEYS[1], id, string.format('%.0f %.0f', now, lease_ms))
  redis.call('PEXPIRE', KEYS[1], lease_ms * 10)
end
local members = redis.call('HGETALL', KEYS[1])
local count = 0
for i = 1, #members, 2 do
  local heard, lease = string.match(members[i + 1], '^(%d+) (%d+)$')
  heard, lease = tonumber(heard), tonumber(lease)
  if heard and heard > now then
    heard = now
    redis.call('HSET', KEYS[1], members[i], string.format('%.0f %.0f', now, lease))
  end
  if heard and now - heard < lease then
    count = count + 1
  else
    redis.call('HDEL', KEYS[1], members[i])
  end
end
return count
`)
