-- A place in the log of a quota group. Keys: log, limits. Arguments: the name of the place, whether it is taken in any case, the
-- limits until HighLevel has said them (requests, milliseconds), the margin, how long an entry is kept for late answers, the life
-- of the limits. Answers 1 and the limits, or 0 and the wait in milliseconds.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limits = redis.call('HMGET', KEYS[2], 'max', 'length', 'frozen', 'others', 'others_until')
local max = tonumber(limits[1]) or tonumber(ARGV[3])
local length = tonumber(limits[2]) or tonumber(ARGV[4])
local counted = length + ARGV[5]
local in_any_case = ARGV[2] == '1'
local frozen = tonumber(limits[3]) or 0
if not in_any_case and now < frozen then
  return { 0, frozen - now, 0 }
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - counted - ARGV[6])
local since = '(' .. string.format('%.0f', now - counted)
local others_until = tonumber(limits[5]) or 0
local others = now < others_until and tonumber(limits[4]) or 0
local allowed = math.max(0, max - others)
local count = redis.call('ZCOUNT', KEYS[1], since, '+inf')
if in_any_case or count < allowed then
  redis.call('ZADD', KEYS[1], now, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], counted + ARGV[6])
  redis.call('PEXPIRE', KEYS[2], ARGV[7])
  return { 1, max, length }
end
-- The entry that must leave for one more to fit; where others took all of it, their time.
local wait = 1
local leaving = redis.call('ZRANGE', KEYS[1], since, '+inf', 'BYSCORE', 'LIMIT', count - math.max(1, allowed), 1, 'WITHSCORES')
if leaving[2] then
  wait = math.max(wait, leaving[2] + counted - now)
end
if allowed == 0 then
  wait = math.max(wait, others_until - now)
end
return { 0, wait, 0 }
