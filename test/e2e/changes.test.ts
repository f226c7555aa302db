// What people do to a running system, and what a worker's process does to itself.

import { beatDeleted } from './stories/beats';
import { processGrows } from './stories/memory';
import { comesAndGoes } from './stories/newcomer';
import { atOnce } from './lanes';
import { measures } from './stories/commands';
import { struck, workersRoll } from './stories/struck';

atOnce('a cluster that changes', {
  newcomer: { 'joins the shared broker and leaves it': comesAndGoes },
  typesafe: { 'workers roll': () => struck('typesafe', workersRoll) },
  paless: { 'the pod of beat is deleted': () => beatDeleted('paless') },
  redline: {
    'a process takes too much memory': () => processGrows('redline'),
    'a load test leaves nothing behind': () => measures('redline'),
  },
});
