// The files that take minutes first, so that none of them is left for one worker at the end. Jest goes by size on a new
// machine, and the longest are short to read: they tell one story for three Celerys.

const Sequencer = require('@jest/test-sequencer').default;

const LONGEST = [
  'sentinel',
  'loader',
  'observe',
  'sentinel-tls',
  'isolation',
  'loss',
  'sentinel-election',
  'probes',
  'queues-exporter',
  'apps',
  'tls',
  'external',
  'growth-versions',
  'growth-topology',
];

const place = ({ path }) => {
  const at = LONGEST.findIndex((name) => path.endsWith(`/${name}.test.ts`));
  return at < 0 ? LONGEST.length : at;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
  }
};
