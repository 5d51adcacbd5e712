-- Takes a survey's lease where it is free; the token fences off whoever held it before.
-- KEYS: lease, fence counter.  ARGV: owner, lifetime (ms), the longest that any lease is given (ms)
-- Redis counts lifetimes by its wall clock: when that is set back, a dead holder's lease would stand for as long.
-- A lease always ends: what has no end, or is of another type, is nobody's.
local left = redis.call('PTTL', KEYS[1])
if left > 0 and left <= tonumber(ARGV[3]) then return '' end
local count = redis.pcall('INCR', KEYS[2])
if type(count) == 'table' then  -- whatever stands there is no counter
  redis.call('DEL', KEYS[2])
  count = redis.call('INCR', KEYS[2])
end
local token = count .. ':' .. ARGV[1]
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
return token
