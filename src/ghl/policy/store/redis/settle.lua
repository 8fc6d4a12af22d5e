-- What the answer to a request says of its quota group. Keys: log, limits. Arguments: the name of the place, by how many
-- milliseconds later it left, requests, milliseconds, requests left (each may be empty), a freeze in milliseconds, the margin, the
-- life of the limits.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local sent = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or now)
if tonumber(ARGV[2]) > 0 then
  sent = math.min(now, sent + ARGV[2])
  redis.call('ZADD', KEYS[1], 'XX', sent, ARGV[1])
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[2], 'max', ARGV[3]) end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[2], 'length', ARGV[4]) end
local known = redis.call('HMGET', KEYS[2], 'length', 'told', 'frozen')
if ARGV[3] ~= '' and ARGV[5] ~= '' and known[1] and sent >= (tonumber(known[2]) or 0) then
  -- What HighLevel has counted beyond this log are requests of programs that do not use it.
  local counted = known[1] + ARGV[7]
  local own = redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', sent - counted), now)
  local others = math.max(0, ARGV[3] - ARGV[5] - own)
  redis.call('HSET', KEYS[2], 'others', others, 'others_until', string.format('%.0f', sent + counted), 'told', string.format('%.0f', sent))
end
if tonumber(ARGV[6]) > 0 then
  local ends = now + ARGV[6]
  redis.call('HSET', KEYS[2], 'frozen', string.format('%.0f', math.max(tonumber(known[3]) or 0, ends)))
  -- HighLevel's window ends then, for all.
  if (tonumber(redis.call('HGET', KEYS[2], 'others_until')) or 0) > ends then
    redis.call('HSET', KEYS[2], 'others_until', string.format('%.0f', ends))
  end
end
redis.call('PEXPIRE', KEYS[2], ARGV[8])
return 1
