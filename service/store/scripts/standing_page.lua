-- One page of the standing order, worst first, from where a cursor left off even if that customer has moved.
-- KEYS: standing.  ARGV: first place, last place, limit, most to look at, highest score or '', latest minute or '',
--   cursor's place or '', cursor's customer.  Reply: next place or '', next customer, then the customers found.
local MINUTES, SCORES = 134217728, 131072
local from, to = ARGV[1], ARGV[2]
local rank = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. from)
local last = redis.call('ZCOUNT', KEYS[1], '-inf', to)
if ARGV[7] ~= '' then
  -- Among equal places members are in byte order: find the first behind the cursor by halving.
  local low = redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[7])
  local high = redis.call('ZCOUNT', KEYS[1], '-inf', ARGV[7])
  while low < high do
    local middle = math.floor((low + high) / 2)
    local member = redis.call('ZRANGE', KEYS[1], tostring(middle), tostring(middle))[1]
    if member <= ARGV[8] then low = middle + 1 else high = middle end
  end
  if low > rank then rank = low end
end
local found, limit, looked = {}, tonumber(ARGV[3]), 0
local highest, latest = tonumber(ARGV[5]), tonumber(ARGV[6])
local place, customer = '', ''
while rank < last do
  local stop = math.min(rank + 200, last) - 1
  local page = redis.call('ZRANGE', KEYS[1], tostring(rank), tostring(stop), 'WITHSCORES')
  for i = 1, #page, 2 do
    local at = tonumber(page[i + 1])
    local score = math.floor(at / MINUTES) % SCORES / 1000
    if #found == limit or looked == tonumber(ARGV[4]) then
      return {place, customer, unpack(found)}
    end
    place, customer, looked = string.format('%.0f', at), page[i], looked + 1
    if (not highest or score <= highest) and (not latest or at % MINUTES <= latest) then
      found[#found + 1] = page[i]
    end
  end
  rank = stop + 1
end
return {'', '', unpack(found)}
