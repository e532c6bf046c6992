import { type Script, script } from '../connection/script.ts'

/**
 * Shares the slots of one limit out. KEYS: a hash of process id to its entry, and the time at which the hash began.
 * ARGV: process id, request number, max, keep, demand, want, leaseMs, graceMs, turnMs. Answers lease, advice and whether the request was the newest.
 *
 * - `keep` of a lease is never taken away, so that an answer that gets lost costs nobody a slot: who has too much is advised to keep less next time.
 * - Nobody gets more than others leave. What others are entitled to and miss is left for them, and their equal part is what all are entitled to.
 * - With more processes than slots, the longest waiting are entitled to one each, for a turn.
 * - When the hash is new (or all of it expired at once), those who hold leases may not have told yet: until the grace is over, a quarter of
 *   the limit is all that is given out beyond what is kept.
 * - A request that is older than one seen before changes nothing.
 * - Times are Redis's own. An entry from the future (the clock was set back) counts as heard of now.
 */
export const permitsScript: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local key, id = KEYS[1], ARGV[1]
local number, max, keep, demand, want = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local lease_ms, grace_ms, turn_ms = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

local function write(name, e)
  redis.call('HSET', key, name, string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', e.number, e.lease, e.demand, e.since, e.turn, e.heard, e.lease_ms))
end

local began, mine, others, expired = nil, nil, {}, 0
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  local name = fields[i]
  if name == 'began' then
    began = tonumber(fields[i + 1])
  else
    local n, l, d, s, t, h, m = string.match(fields[i + 1], '^(%d+) (%d+) (%d+) (%d+) (%d+) (%d+) (%d+)$')
    local e = { id = name, number = tonumber(n), lease = tonumber(l), demand = tonumber(d), since = tonumber(s), turn = tonumber(t),
      heard = tonumber(h), lease_ms = tonumber(m) }
    if e.heard and e.heard > now then
      e.heard = now
      write(name, e)
    end
    if not e.heard or now - e.heard >= e.lease_ms then
      redis.call('HDEL', key, name)
      expired = expired + 1
    elseif name == id then
      mine = e
    else
      others[#others + 1] = e
    end
  end
end
if mine and number <= mine.number then return { mine.lease, mine.lease, 0 } end
if not began or began > now or (expired > 0 and not mine and #others == 0) then
  began = now
  redis.call('HSET', key, 'began', string.format('%.0f', now))
end

local before = mine or { lease = 0, demand = 0, since = now, turn = now }
local me = { id = id, number = number, lease = before.lease, demand = demand, since = before.since, turn = before.turn, heard = now, lease_ms = lease_ms }
if before.demand == 0 then me.since = now end

local leased, total, waiting, claims = 0, demand, false, {}
for _, e in ipairs(others) do
  leased = leased + e.lease
  total = total + e.demand
  if e.demand > 0 then
    claims[#claims + 1] = e
    if e.lease == 0 then waiting = true end
  end
end
if demand > 0 then claims[#claims + 1] = me end

for _, e in ipairs(claims) do e.entitled = e.demand end
if #claims > max then
  if before.lease > 0 and waiting and now - me.turn >= turn_ms then
    me.since = now
    me.turn = now
  end
  table.sort(claims, function(a, b) if a.since ~= b.since then return a.since < b.since end return a.id < b.id end)
  for rank, e in ipairs(claims) do e.entitled = rank <= max and 1 or 0 end
elseif total > max then
  table.sort(claims, function(a, b) return a.demand < b.demand end)
  local left = max
  for rank, e in ipairs(claims) do
    e.entitled = math.min(e.demand, math.floor(left / (#claims - rank + 1)))
    left = left - e.entitled
  end
end

local missing = 0
for _, e in ipairs(others) do
  if e.demand > 0 and e.entitled > e.lease then missing = missing + e.entitled - e.lease end
end
local free = max - leased
local advice = math.min(want, free, math.max(free - missing, me.entitled or 0))
if now - began < grace_ms then advice = math.min(advice, math.max(keep, math.ceil(max / 4) - leased)) end
advice = math.max(advice, 0)
me.lease = math.max(keep, advice)
if before.lease == 0 then me.turn = now end
if me.lease == 0 and demand == 0 then
  redis.call('HDEL', key, id)
else
  write(id, me)
end
redis.call('PEXPIRE', key, lease_ms * 10)
return { me.lease, advice, 1 }
`)
