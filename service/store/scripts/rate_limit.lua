-- Lease permits of one caller's window, which begins with its first request.
-- KEYS[1] the window's counter · ARGV limit, permits asked for, window in milliseconds
-- Gives {granted, milliseconds left of the window}. No process may sit on much of what is left for the others.
local left = tonumber(ARGV[1]) - tonumber(redis.call('GET', KEYS[1]) or '0')
local granted = 0
if left > 0 then
  granted = math.max(1, math.min(tonumber(ARGV[2]), math.floor(left / 16)))
  redis.call('INCRBY', KEYS[1], granted)
end
local ttl = redis.call('PTTL', KEYS[1])
if ttl < 0 then
  ttl = tonumber(ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ttl)
end
return {granted, ttl}
