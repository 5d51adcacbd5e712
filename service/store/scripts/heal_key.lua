-- Takes a key away that is of another type than its family, or that should end and does not; unless it is right by now.
-- KEYS: the key.  ARGV: the family's type, '1' where its keys end by themselves, then field, value, … of a hash to leave
local found = redis.call('TYPE', KEYS[1])
found = type(found) == 'table' and found['ok'] or found
if found == ARGV[1] and not (ARGV[2] == '1' and redis.call('PTTL', KEYS[1]) == -1) then return 0 end
redis.call('DEL', KEYS[1])
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
