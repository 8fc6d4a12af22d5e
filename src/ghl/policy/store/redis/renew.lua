-- A longer lease of all locks, or none. Keys: epoch, locks. Arguments: the holder, the lease, the epoch. Answers 1, or 0 where one
-- of them is not held any more.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
if redis.call('GET', KEYS[1]) ~= ARGV[3] .. '|' .. run then
  return 0
end
for at = 2, #KEYS do
  if redis.call('GET', KEYS[at]) ~= ARGV[1] then
    return 0
  end
end
for at = 2, #KEYS do
  redis.call('PEXPIRE', KEYS[at], ARGV[2])
end
return 1
