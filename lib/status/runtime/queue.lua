-- One line about a queue, whose lists are KEYS: messages that wait, the clock of Redis, and of the next message of each
-- list when it was sent and when it is due: "<sent>/<due>", either may be empty. Nothing else of a message leaves Redis.
-- Quotes in a text are escaped, so that the names can only be those of headers. LRANGE, as workers may not LINDEX.
local time = redis.call('TIME')
local waiting, after = 0, {}
for _, key in ipairs(KEYS) do
  local length = redis.call('LLEN', key)
  waiting = waiting + length
  local message = length > 0 and redis.call('LRANGE', key, -1, -1)[1]
  if message then
    local function said(name, form)
      local _, last = string.find(message, name, 1, true)
      return last and string.match(string.sub(message, last + 1, last + 48), form) or ''
    end
    after[#after + 1] = said('"stalk_sent":', '^ ?([%d.]+)') .. '/' .. said('"eta":', '^ ?"([^"%s]+)"')
  end
end
return waiting .. ' ' .. time[1] .. '.' .. string.format('%06d', time[2]) .. ' ' .. table.concat(after, ' ')
