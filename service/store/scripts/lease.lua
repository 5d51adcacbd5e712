-- Takes a survey's lease where it is free; the token fences off whoever held it before.
-- KEYS: lease, fence counter.  ARGV: owner, lifetime (ms)
if redis.call('EXISTS', KEYS[1]) == 1 then return '' end
local token = redis.call('INCR', KEYS[2]) .. ':' .. ARGV[1]
redis.call('SET', KEYS[1], token, 'PX', ARGV[2])
return token
