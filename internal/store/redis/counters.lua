-- Takes or settles claims of rate limits, all or none of them, or renews leases.
--
-- KEYS: the counter of each claim. ARGV: "take", "settle" or "renew", the lifetime of a lease in ms, then
-- for each claim its amount, limit, period in microseconds (0: a number of leases) and lease id.
--
-- A rate is a hash of a leaky bucket: its level, the time when that was computed, and the limit
-- and period by which it empties. Leases are a sorted set of ids by the time when they run out.
-- "take" returns for each claim 1 if it is refused, and its level or number of leases.
local mode, lifetime = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function claim(i)
  local at = 3 + (i - 1) * 4
  return tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), ARGV[at + 3]
end

-- level of the bucket at key now; nil if there is none
local function level(key)
  local b = redis.call('HMGET', key, 'level', 'at', 'limit', 'period')
  if not b[1] then return nil end
  local passed = math.max(0, now - b[2])
  return math.max(0, b[1] - b[3] * passed / b[4]), tonumber(b[3]), tonumber(b[4])
end

local function fill(key, to, limit, period)
  if to <= 0 then redis.call('DEL', key) return end
  redis.call('HSET', key, 'level', string.format('%.17g', to), 'at', string.format('%.0f', now),
    'limit', string.format('%.0f', limit), 'period', string.format('%.0f', period))
  redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(to * period / limit / 1000) + 1000))
end

if mode == 'settle' then
  for i, key in ipairs(KEYS) do
    local amount, _, period, lease = claim(i)
    if period == 0 then
      redis.call('ZREM', key, lease)
    else
      local was, limit, per = level(key)
      if was then fill(key, math.max(0, was + amount), limit, per) end
    end
  end
  return {}
end

if mode == 'renew' then
  for i, key in ipairs(KEYS) do
    local _, _, _, lease = claim(i)
    redis.call('ZADD', key, 'XX', now + lifetime * 1000, lease)
    redis.call('PEXPIRE', key, lifetime)
  end
  return {}
end

local counts, refused, answer = {}, false, {}
for i, key in ipairs(KEYS) do
  local amount, limit, period, lease = claim(i)
  local full
  if period == 0 then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    counts[i] = redis.call('ZCARD', key)
    full = counts[i] >= limit and not redis.call('ZSCORE', key, lease)
  else
    counts[i] = level(key) or 0
    full = counts[i] + amount > limit + 1e-6
  end
  answer[2 * i - 1] = full and 1 or 0
  refused = refused or full
end
for i, key in ipairs(KEYS) do
  local amount, limit, period, lease = claim(i)
  if not refused and period == 0 then
    redis.call('ZADD', key, now + lifetime * 1000, lease)
    redis.call('PEXPIRE', key, lifetime)
    counts[i] = redis.call('ZCARD', key)
  elseif not refused then
    counts[i] = counts[i] + amount
    fill(key, counts[i], limit, period)
  end
  answer[2 * i] = string.format('%.17g', counts[i])
end
return answer
