-- One page of a partition's results, newest first: their bodies, and the row to go on after.
-- KEYS: partition.  ARGV: survey id or '', limit, then the row to start after: answered, survey, set ('' = from the top)
if redis.call('HEXISTS', KEYS[1], 'l') == 1 then return redis.error_reply('WRONGTYPE something is lost') end
local index = redis.call('HGET', KEYS[1], 'x')
if not index then return {0} end
-- Behind the version and the checksum; what was written before there were these begins with its JSON.
if string.sub(index, 1, 1) == '2' then index = string.sub(index, 10) end
-- Ids go up to 2^63-1, which no number of Lua's holds: beyond 2^53 they are written as texts, and all are compared so.
local function id(value) return type(value) == 'number' and string.format('%.0f', value) or value end
local function less(a, b) return #a < #b or (#a == #b and a < b) end
local limit, answered = tonumber(ARGV[2]), tonumber(ARGV[3])
local function older(at, survey, set)
  if at ~= answered then return at < answered end
  if survey ~= ARGV[4] then return less(survey, ARGV[4]) end
  return less(set, ARGV[5])
end
local fields, more = {}, 0
for _, row in ipairs(cjson.decode(index)['rows']) do
  local survey, set = id(row[2]), id(row[3])
  if (ARGV[1] == '' or survey == ARGV[1]) and (not answered or older(row[1], survey, set)) then
    if #fields == limit then more = 1 break end
    fields[#fields + 1] = 'b:' .. survey .. '/' .. set
  end
end
if #fields == 0 then return {0} end
return {more, redis.call('HMGET', KEYS[1], unpack(fields))}
