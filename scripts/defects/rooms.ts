/** Every room that has defects. */
import { backups } from './backups';
import { celery } from './celery';
import { charts } from './charts';
import type { Room } from './defect';
import { moving } from './moving';
import { observe } from './observe';
import { output } from './output';
import { pods } from './pods';
import { redis } from './redis';
import { rules } from './rules';
import { users } from './users';

export const rooms: readonly Room[] = [
  pods,
  celery,
  redis,
  users,
  charts,
  observe,
  output,
  rules,
  moving,
  backups,
];
