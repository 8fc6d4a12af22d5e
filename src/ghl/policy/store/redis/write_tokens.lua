-- The tokens of an app. Keys: the entry. Arguments: their version, the tokens, the latest version that they may be written over,
-- their life. Answers 1, or 0 where the entry has a later version.
local known = tonumber(redis.call('HGET', KEYS[1], 'version'))
if known and known > tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'tokens', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
