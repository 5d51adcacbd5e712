-- Files revisions, customers' states, standing and changes together, or none of them.
-- KEYS: lease, revisions, states, standing, tombs, feed, feed index, pending, kept out, swept, intents, told,
--   updates, gone, gone trimmed
-- ARGV: lease token ('' = not sweeping), now (Unix ms), the plan as JSON:
--   sets    [[field, name, old, new, mark, …], …]   '' = absent; name is survey/set; marks name who it is of
--   states  [[customer, old, new, place], …]
--   events  [[name, change as sealed, its id], …]   an id is told once, whichever road leads to it again
--   pending [[name, answered_at], …]   settled [name, …]   erased [name, …]
if ARGV[1] ~= '' and redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'STALE'} end
-- A script that fails half-way leaves what it has written: so it is looked first whether every key can be written.
local types = {false, 'hash', 'hash', 'zset', 'zset', 'stream', 'hash', 'zset', 'hash', 'hash', 'hash', 'zset', 'zset', 'zset', 'string'}
for i, wanted in ipairs(types) do
  local found = wanted and redis.call('TYPE', KEYS[i])
  found = type(found) == 'table' and found['ok'] or found
  if wanted and found ~= 'none' and found ~= wanted then return redis.error_reply('WRONGTYPE of a key to be written') end
end
local plan = cjson.decode(ARGV[3])
local tombstoned = {}
for _, set in ipairs(plan.sets) do
  if set[4] ~= '' then
    local tombstone = redis.call('ZSCORE', KEYS[5], set[2])
    local gone = tombstone and tonumber(tombstone) > tonumber(ARGV[2])
    for i = 5, #set do gone = gone or redis.call('HEXISTS', KEYS[9], set[i]) == 1 end
    if gone then tombstoned[#tombstoned + 1] = set[2] end
  end
end
if #tombstoned > 0 then return {'TOMBSTONED', unpack(tombstoned)} end
for _, set in ipairs(plan.sets) do
  if (redis.call('HGET', KEYS[2], set[1]) or '') ~= set[3] then return {'CONFLICT'} end
  -- Without its intent a body may have been cleaned away as a dead process's.
  if set[4] ~= '' and redis.call('HEXISTS', KEYS[11], set[1]) == 0 then return {'CONFLICT'} end
end
for _, state in ipairs(plan.states) do
  if (redis.call('HGET', KEYS[3], state[1]) or '') ~= state[2] then return {'CONFLICT'} end
end
for _, name in ipairs(plan.settled) do
  if not redis.call('ZSCORE', KEYS[8], name) then return {'CONFLICT'} end
end
-- What is erased goes first: a set that went to another customer may make an event there.
local told = 0
for _, name in ipairs(plan.erased) do
  for id in string.gmatch(redis.call('HGET', KEYS[7], name) or '', '(%d+%-%d+)%S*') do
    told = told + redis.call('XDEL', KEYS[6], id)
  end
  redis.call('HDEL', KEYS[7], name)
  redis.call('ZREM', KEYS[8], name)
end
-- Then the events: should one fail after all, nothing of the sets is written, and the same is filed again. An event
-- counts as told once it is in the feed, not before.
for _, event in ipairs(plan.events) do
  local known = redis.call('HGET', KEYS[7], event[1])
  local is_told = redis.call('ZSCORE', KEYS[12], event[3]) or (known and string.find(known, '@' .. event[3], 1, true))
  if not is_told then
    local id = redis.call('XADD', KEYS[6], '*', 'e', event[2]) .. '@' .. event[3]
    redis.call('HSET', KEYS[7], event[1], known and (known .. ' ' .. id) or id)
  end
  redis.call('ZADD', KEYS[12], 'NX', ARGV[2], event[3])
end
for _, set in ipairs(plan.sets) do
  redis.call('HDEL', KEYS[11], set[1])
  if set[4] == '' then redis.call('HDEL', KEYS[2], set[1]) else redis.call('HSET', KEYS[2], set[1], set[4]) end
end
-- Numbers of changes only ever rise, whatever the clock does; those beyond the exact whole numbers are damage.
local number = 0
if #plan.states > 0 then
  local now = redis.call('TIME')
  number = math.max(now[1] * 1000000 + now[2], (tonumber(redis.call('GET', KEYS[15]) or '') or 0) + 1)
  for i = 13, 14 do
    local last = redis.call('ZREVRANGEBYSCORE', KEYS[i], '(9000000000000000', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    if last[2] then number = math.max(number, tonumber(last[2]) + 1) end
  end
end
for _, state in ipairs(plan.states) do
  local to, from = KEYS[13], KEYS[14]
  if state[3] == '' then to, from = from, to end
  redis.call('ZREM', from, state[1])
  redis.call('ZADD', to, string.format('%.0f', number), state[1])
  number = number + 1
  if state[3] == '' then
    redis.call('HDEL', KEYS[3], state[1])
    redis.call('ZREM', KEYS[4], state[1])
  else
    redis.call('HSET', KEYS[3], state[1], state[3])
    redis.call('ZADD', KEYS[4], state[4], state[1])
  end
end
for _, set in ipairs(plan.pending) do redis.call('ZADD', KEYS[8], set[2], set[1]) end
for _, name in ipairs(plan.settled) do redis.call('ZREM', KEYS[8], name) end
-- Every process that keeps copies looks at this counter each second.
if #plan.erased > 0 and type(redis.pcall('HINCRBY', KEYS[10], '0', 1)) == 'table' then
  redis.call('HSET', KEYS[10], '0', ARGV[2])  -- no number stood there: any that is higher will do
end
return {'OK', tostring(told)}
