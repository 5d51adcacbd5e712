-- Milliseconds that a change is held back, of which `settle` is enough while a replica follows.
-- A master that nobody follows may have been deposed and not know it yet: it would give out what is lost when it is told,
-- within some ten seconds.
local function held_back(settle)
  local told = settle > 0 and redis.pcall('INFO', 'replication')
  local alone = type(told) == 'string' and string.find(told, 'role:master', 1, true)
    and not string.find(told, 'state=online', 1, true)
  return alone and settle * 15 or settle
end
