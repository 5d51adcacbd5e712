-- The stream id up to which changes are given out: older than so long by the clock that stamps them.
-- KEYS: feed.  ARGV: how long while a replica follows (ms)
local now = redis.call('TIME')
return string.format('%.0f', tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000) - held_back(tonumber(ARGV[1])))
