-- One page of a partition's results, newest first: their bodies, and the row to go on after.
-- KEYS: partition.  ARGV: survey id or '', limit, then the row to start after: answered, survey, set ('' = from the top)
local index = redis.call('HGET', KEYS[1], 'x')
if not index then return {0} end
-- Behind the version and the checksum; what was written before there were these begins with its JSON.
if string.sub(index, 1, 1) == '2' then index = string.sub(index, 10) end
local survey, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local after = ARGV[3] ~= '' and {tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])} or nil
local function older(row)
  for i = 1, 3 do
    if row[i] ~= after[i] then return row[i] < after[i] end
  end
  return false
end
local fields, more = {}, 0
for _, row in ipairs(cjson.decode(index)['rows']) do
  if (not survey or row[2] == survey) and (not after or older(row)) then
    if #fields == limit then more = 1 break end
    fields[#fields + 1] = string.format('b:%.0f/%.0f', row[2], row[3])
  end
end
if #fields == 0 then return {0} end
return {more, redis.call('HMGET', KEYS[1], unpack(fields))}
