-- Writes one partition if nobody wrote it since it was read.
-- KEYS: partition.  ARGV: expected version ('' = absent), fields to delete as JSON, lifetime (ms, 0 = none), field, value, …
local version = redis.call('HGET', KEYS[1], 'n')
if (version or '') ~= ARGV[1] then return 0 end
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
local gone = cjson.decode(ARGV[2])
for _, field in ipairs(gone) do redis.call('HDEL', KEYS[1], field) end
if tonumber(ARGV[3]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) else redis.call('PERSIST', KEYS[1]) end
return 1
