-- One page of customers by the number of their last change.
-- KEYS: updates, gone, gone trimmed.  ARGV: the number to go on after, limit, milliseconds that a change is held back while a replica follows
-- Reply: highest number dropped, highest number that may be given out, '1' where there is more, then customer, number,
--   '1' if gone, …
local now = redis.call('TIME')
local before, limit, held = '(9000000000000000', tonumber(ARGV[2]), held_back(tonumber(ARGV[3]))
if held > 0 then before = string.format('(%.0f', now[1] * 1000000 + now[2] - held * 1000) end
local newest, lists = 0, {}
for i = 1, 2 do
  local last = redis.call('ZREVRANGEBYSCORE', KEYS[i], before, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if last[2] then newest = math.max(newest, tonumber(last[2])) end
  lists[i] = redis.call('ZRANGEBYSCORE', KEYS[i], '(' .. ARGV[1], before, 'WITHSCORES', 'LIMIT', 0, limit + 1)
end
local found, at, more = {}, {1, 1}, '0'
while lists[1][at[1]] or lists[2][at[2]] do
  if #found == 3 * limit then more = '1' break end
  local living, gone = tonumber(lists[1][at[1] + 1] or 9e15), tonumber(lists[2][at[2] + 1] or 9e15)
  local i = gone < living and 2 or 1
  found[#found + 1] = lists[i][at[i]]
  found[#found + 1] = string.format('%.0f', tonumber(lists[i][at[i] + 1]))
  found[#found + 1] = tostring(i - 1)
  at[i] = at[i] + 2
end
return {redis.call('GET', KEYS[3]) or '0', string.format('%.0f', newest), more, unpack(found)}
