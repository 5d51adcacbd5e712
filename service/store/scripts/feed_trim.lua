-- Drops changes older than a stream id, and remembers the newest that was dropped: cursors from before it are gone.
-- KEYS: feed, trimmed, told.  ARGV: the oldest id to keep, its moment (Unix ms)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. ARGV[2])
local dropped = redis.call('XREVRANGE', KEYS[1], '(' .. ARGV[1], '-', 'COUNT', 1)
if #dropped == 0 then return 0 end
redis.call('SET', KEYS[2], dropped[1][1])
return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
