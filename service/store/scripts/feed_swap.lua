-- Put a rewritten feed in place of the feed, unless that has changed meanwhile.
-- KEYS[1] feed, KEYS[2] rewritten · ARGV[1] the feed's length, ARGV[2] the id of its newest entry, when it was read
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest or redis.call('XLEN', KEYS[1]) ~= tonumber(ARGV[1]) or newest[1] ~= ARGV[2] then
  redis.call('DEL', KEYS[2])
  return 0
end
redis.call('RENAME', KEYS[2], KEYS[1])
return 1
