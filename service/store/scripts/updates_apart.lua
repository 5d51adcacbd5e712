-- Which of these customers stand in only one of both.  KEYS: states, updates.  ARGV: customer, …
local apart = {}
for _, customer in ipairs(ARGV) do
  local known = redis.call('HEXISTS', KEYS[1], customer) == 1
  if known ~= (redis.call('ZSCORE', KEYS[2], customer) and true or false) then apart[#apart + 1] = customer end
end
return apart
