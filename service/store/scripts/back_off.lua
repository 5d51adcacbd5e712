-- Sends the whole fleet back after a failure: twice as long each time in a row, or as long as the upstream asks.
-- KEYS: not before, failures.  ARGV: now (ms), at least (ms), first step (ms), longest step (ms), jitter 0.8-1
-- Calls that were under way when the fleet was sent back fail together: they count as one failure.
-- The moment is kept with the one at which it was said, so that a clock that is set back since shows.
local ends, said = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
local known = ends and tonumber(said) <= tonumber(ARGV[1]) + 2000 and tonumber(ends) or 0
local count = tonumber(redis.call('GET', KEYS[2]) or '0')
if count == 0 or known <= tonumber(ARGV[1]) then
  count = redis.call('INCR', KEYS[2])
  redis.call('PEXPIRE', KEYS[2], 600000)
end
local step = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(count - 1, 16)) * tonumber(ARGV[5])
local untilThen = math.floor(tonumber(ARGV[1]) + math.max(step, tonumber(ARGV[2])))
if untilThen > known then
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', untilThen, tonumber(ARGV[1])), 'PX', math.floor(untilThen - tonumber(ARGV[1])) + 1)
end
return untilThen
