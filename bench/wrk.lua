-- Asks for one address again and again, or for addresses drawn at random. The last line printed is JSON.
-- Arguments: one|each|many, what stands before the number, what stands behind it, numbers (0 … n-1), per request, seed, name of a number
local mode, before, behind, numbers, many, seed, name
local threads = 0
function setup(thread) thread:set('number', threads); threads = threads + 1 end
function init(args)
  mode, before, behind = args[1], args[2], args[3]
  numbers, many, seed = tonumber(args[4]), tonumber(args[5]), tonumber(args[6])
  name = args[7]
  math.randomseed(seed + number)
  if mode == 'one' then fixed = wrk.format('GET', before .. behind) end
end
local function drawn() return string.format(name, math.random(0, numbers - 1)) end
function request()
  if mode == 'one' then return fixed end
  if mode == 'each' then return wrk.format('GET', before .. drawn() .. behind) end
  local names = {}
  for i = 1, many do names[i] = 'id=' .. drawn() end
  return wrk.format('GET', before .. table.concat(names, '&'))
end
function done(summary, latency)
  local e = summary.errors
  print(string.format(
    '{"requests": %d, "micros": %d, "bytes": %d, "bad": %d, "p50": %d, "p90": %d, "p99": %d, "mean": %.1f, "max": %d}',
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.timeout + e.status,
    latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.mean, latency.max))
end
