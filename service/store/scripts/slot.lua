-- Takes one of the fleet's places before the upstream.
-- KEYS: places, waiting, not before, trouble.  ARGV: token, now (ms), lifetime (ms), cap, '1' if somebody waits for it, patience (ms)
-- Reply: {1} taken · {0, ms to wait at least}
local now = tonumber(ARGV[2])
-- What was said in the future was said by a clock that has been set back since; what is no moment was not said by us.
local ends, said = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+) (%d+)$')
local hold = ends and tonumber(said) <= now + 2000 and tonumber(ends) - now or 0
-- Nor does it last for ever.
if redis.call('PTTL', KEYS[3]) == -1 then redis.call('DEL', KEYS[3]) hold = 0 end
if hold > 0 then return {0, hold} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + tonumber(ARGV[3]) + 2000, '+inf')
redis.call('ZREMRANGEBYSCORE', KEYS[2], now + tonumber(ARGV[6]) + 2000, '+inf')
local first = ARGV[5] == '1'
-- While the key is refused one call is a probe, and more would be an assault.
local cap = redis.call('EXISTS', KEYS[4]) == 1 and 1 or tonumber(ARGV[4])
if redis.call('ZCARD', KEYS[1]) < cap and (first or redis.call('ZCARD', KEYS[2]) == 0) then
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {1, 0}
end
-- A reader in the queue keeps sweeps from taking the next place.
if first then redis.call('ZADD', KEYS[2], now + tonumber(ARGV[6]), ARGV[1]) end
return {0, 0}
