-- One step of counting a Redis: the next cursor of SCAN, then `<kind> <name> <number> <since> <due>` for each key that it met.
-- ARGV: cursor, keys in a step. Kinds: `queue` (a list of messages; since and due are those of the next one), `unacked`
-- (since: when the oldest was taken), `eta` (of these, those with a time of their own; due is the latest), `letters`,
-- `results`, `redbeat`, `other`. Names are printable, and end where what follows differs with each key. No part of a message leaves.
local SENT, ETA = '"stalk_sent":', '"eta":'

local function said(message, name, form)
  local _, last = string.find(message, name, 1, true)
  return last and string.match(string.sub(message, last + 1, last + 48), form) or ''
end

local function printable(name)
  return (string.gsub(name, '[%z\1-\32\\\127-\255]', function(byte)
    return string.format('\\x%02x', string.byte(byte))
  end))
end

-- Of `tenant:acme:app:user:17` it is `tenant:acme:`.
local function start(name)
  return string.match(name, '^[^:]*:[^:]*:') or string.match(name, '^[^:]*:') or string.match(name, '^[^.]*%.') or name
end

local function list(key)
  local next = redis.call('LRANGE', key, -1, -1)[1] or ''
  local message = string.sub(next, 1, 1) == '{' and string.find(next, '"properties":', 1, true)
  if not message or string.find(key, '.pidbox', 1, true) then return nil end
  local since, due = said(next, SENT, '^ ?([%d.]+)'), said(next, ETA, '^ ?"([^"%s]+)"')
  return { 'queue', printable(key), redis.call('LLEN', key), since, due }
end

-- The latest time of those that wait for one, and how many they are.
local function etas(key)
  local number, latest, cursor = 0, '', '0'
  repeat
    local step = redis.call('HSCAN', key, cursor, 'COUNT', 1000)
    cursor = step[1]
    for i = 2, #step[2], 2 do
      local eta = said(step[2][i], ETA, '^ ?"([^"%s]+)"')
      if eta ~= '' then number = number + 1 end
      if eta > latest then latest = eta end
    end
  until cursor == '0'
  return number, latest
end

local function hash(key)
  if not string.find(key, 'unacked$') then return nil end
  local name = printable(key)
  local number, latest = etas(key)
  local oldest = redis.call('ZRANGE', key .. '_index', 0, 0, 'WITHSCORES')[2] or ''
  return { 'unacked', name, redis.call('HLEN', key), oldest, '' }, { 'eta', name, number, '', latest }
end

local function zset(key)
  if string.find(key, 'dead%-letters$') then
    return { 'letters', printable(key), redis.call('ZCARD', key), '', '' }
  end
  if not string.find(key, 'redbeat::schedule$') then return nil end
  return { 'redbeat', printable(key), redis.call('ZCARD', key), '', '' }
end

local function text(key)
  local of = string.match(key, '^(.*celery%-task%-meta%-)')
  return of and { 'results', printable(of), 1, '', '' }
end

local KINDS = { list = list, hash = hash, zset = zset, string = text }

local scanned = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
local lines = { scanned[1] }
local function add(line)
  for i, word in ipairs(line) do
    if word == '' then line[i] = '-' end
  end
  lines[#lines + 1] = table.concat(line, ' ')
end

for _, key in ipairs(scanned[2]) do
  local kind = KINDS[redis.call('TYPE', key).ok]
  local first, second
  if kind then first, second = kind(key) end
  add(first or { 'other', printable(start(key)), 1, '', '' })
  if second then add(second) end
end
return lines
