-- All locks of an upsert, or none. Keys: epoch, locks. Arguments: the holder, the lease, the epoch, the run of the server on which
-- the epoch was looked at and may be written, its life. Answers 'held'; 'taken' and for how long; 'epoch' and the one that stands
-- there.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local wanted = ARGV[3] .. '|' .. run
local known = redis.call('GET', KEYS[1])
if known ~= wanted and ARGV[4] ~= run then
  return { 'epoch', known or '', 0 }
end
for at = 2, #KEYS do
  local holder = redis.call('GET', KEYS[at])
  if holder and holder ~= ARGV[1] then
    return { 'taken', '', math.max(1, redis.call('PTTL', KEYS[at])) }
  end
end
redis.call('SET', KEYS[1], wanted, 'PX', ARGV[5])
for at = 2, #KEYS do
  redis.call('SET', KEYS[at], ARGV[1], 'PX', ARGV[2])
end
return { 'held', '', 0 }
