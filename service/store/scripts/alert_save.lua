-- Writes how far a destination is, and what it refused, for whoever still holds its lease.
-- KEYS: lease, state, parked.  ARGV: token, state, id of what is parked ('' for nothing), what is parked
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[3], ARGV[3], ARGV[4]) end
redis.call('SET', KEYS[2], ARGV[2])
return 1
