// A node is drained, and dies: what can move is back in a minute, what cannot is listed, nothing is lost.

import { NODES } from './faults';
import { drains, nodeDies } from './stories/nodes';
import { atOnce } from './lanes';

if (NODES === undefined)
  console.warn(
    'SKIPPED: a node dies: STALK_NODES must name the folder of node processes, as the bench has it',
  );

atOnce('two nodes', {
  'guild, jewelry-shop': {
    'a node is drained': drains,
    ...(NODES !== undefined && { 'a node dies': nodeDies }),
  },
});
