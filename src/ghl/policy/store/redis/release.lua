-- The end of a lease. Keys: epoch, locks, and as many intents. Arguments: the holder, whether its intents are settled. An intent is
-- taken away only while all locks are held: else another caller may have looked for the contact before the create took effect, and
-- must still see it.
local count = (#KEYS - 1) / 2
local holds_all = true
for at = 2, count + 1 do
  holds_all = holds_all and redis.call('GET', KEYS[at]) == ARGV[1]
end
for at = 2, count + 1 do
  if redis.call('GET', KEYS[at]) == ARGV[1] then
    redis.call('DEL', KEYS[at])
  end
end
for at = count + 2, #KEYS do
  if holds_all and ARGV[2] == '1' and redis.call('GET', KEYS[at]) == ARGV[1] then
    redis.call('DEL', KEYS[at])
  end
end
return 1
