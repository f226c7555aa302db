// The files that take minutes first, so that none of them is left for one worker at the end. Jest goes by size on a new
// machine, and the longest are short to read, as they do the same for three Celerys: they would come last.

const Sequencer = require('@jest/test-sequencer').default;

/** The loader's tests start most processes: sentinels, who notice what is late, come when those are through. */
const LONGEST = [
  'loader',
  'loss',
  'observe',
  'isolation',
  'sentinel-tls',
  'sentinel-election',
  'sentinel',
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
