-- Notes under a set a change that stands in the feed.  KEYS: feed index.  ARGV: survey/set, stream id, change id
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and string.find(known, ARGV[2], 1, true) then return 0 end
local told = ARGV[2] .. '@' .. ARGV[3]
return redis.call('HSET', KEYS[1], ARGV[1], known and (known .. ' ' .. told) or told)
