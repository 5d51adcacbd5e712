-- Drops customers gone before a number, and remembers the highest dropped: cursors from before it are gone.
-- KEYS: gone, gone trimmed.  ARGV: the lowest number to keep
local last = redis.call('ZREVRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
if not last[2] then return 0 end
local dropped = math.max(tonumber(last[2]), tonumber(redis.call('GET', KEYS[2]) or '') or 0)
redis.call('SET', KEYS[2], string.format('%.0f', dropped))
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
