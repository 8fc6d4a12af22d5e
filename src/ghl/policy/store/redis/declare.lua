-- The intent to create a contact. Keys: epoch, locks, and as many intents. Arguments: the holder, the life of the intent, the
-- epoch. Answers 'written'; 'lost' where a lock is not held any more; 'other' and for how long another one's intent stands.
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
if redis.call('GET', KEYS[1]) ~= ARGV[3] .. '|' .. run then
  return { 'lost', 0 }
end
local count = (#KEYS - 1) / 2
for at = 2, count + 1 do
  if redis.call('GET', KEYS[at]) ~= ARGV[1] then
    return { 'lost', 0 }
  end
end
local longest = 0
for at = count + 2, #KEYS do
  local holder = redis.call('GET', KEYS[at])
  if holder and holder ~= ARGV[1] then
    longest = math.max(longest, 1, redis.call('PTTL', KEYS[at]))
  end
end
if longest > 0 then
  return { 'other', longest }
end
for at = count + 2, #KEYS do
  redis.call('SET', KEYS[at], ARGV[1], 'PX', ARGV[2])
end
return { 'written', 0 }
