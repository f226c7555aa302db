// Laws about Celery, its scalers, its Redis and TLS, and the order in which all come up.

import { celeryLaws } from '../support/laws/celery';
import { judge } from '../support/laws/judge';
import { orderLaws } from '../support/laws/order';
import { redisLaws } from '../support/laws/redis';
import { scalingLaws } from '../support/laws/scaling';
import { tlsLaws } from '../support/laws/tls';

judge([...celeryLaws, ...scalingLaws, ...redisLaws, ...orderLaws, ...tlsLaws]);
