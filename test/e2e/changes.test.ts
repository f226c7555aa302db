// What people do to a running system, and what a worker's process does to itself.

import { beatDeleted } from './beats';
import { processGrows } from './memory';
import { comesAndGoes } from './newcomer';
import { atOnce } from './stories';
import { struck, workerDeleted, workersRoll } from './struck';

atOnce('a cluster that changes', {
  newcomer: { 'joins the shared broker and leaves it': comesAndGoes },
  typesafe: {
    'workers roll': () => struck('typesafe', workersRoll),
    'a worker pod is deleted': () => struck('typesafe', workerDeleted),
  },
  paless: {
    'the pod of beat is deleted': () => beatDeleted('paless'),
  },
  redline: { 'a process takes too much memory': () => processGrows('redline') },
});
