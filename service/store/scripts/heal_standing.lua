-- Puts a customer where its rows say, where they are still these; without rows it stands nowhere.
-- KEYS: states, standing.  ARGV: customer, its rows as found ('' = none), place
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[2] == '' then return redis.call('ZREM', KEYS[2], ARGV[1]) end
return redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
