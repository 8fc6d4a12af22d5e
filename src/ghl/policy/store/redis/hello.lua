-- Who the store is. Keys: epoch, replicas. Arguments: this process, a new epoch, an epoch that is not to be kept, the life of a
-- process and of the epoch in milliseconds. Answers the epoch, its age, the number of processes, the eviction policy, the
-- run of the server.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local policy = string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:([%w%-]+)') or ''
local known = redis.call('HMGET', KEYS[1], 'id', 'born', 'run')
if not known[1] or not known[2] or known[3] ~= run or known[1] == ARGV[3] then
  known = { ARGV[2], string.format('%.0f', now), run }
  redis.call('HSET', KEYS[1], 'id', known[1], 'born', known[2], 'run', known[3])
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4])
redis.call('ZADD', KEYS[2], now, ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return { known[1], math.max(0, now - tonumber(known[2])), redis.call('ZCARD', KEYS[2]), policy, run }
