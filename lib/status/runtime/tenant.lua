-- One line about what a tenant's workers have in hand: messages, how many seconds ago the oldest was taken (or its worker
-- last said that it still has it), and dead letters. KEYS: unacked, unacked_index, dead-letters.
local oldest = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
local age = oldest and redis.call('TIME')[1] - tonumber(oldest) or ''
return redis.call('HLEN', KEYS[1]) .. '/' .. age .. '/' .. redis.call('ZCOUNT', KEYS[3], '-inf', '+inf')
