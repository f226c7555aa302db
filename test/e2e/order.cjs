// Suites share one cluster, so their order is a part of the test.

const Sequencer = require('@jest/test-sequencer').default;

const ORDER = ['start', 'network', 'verify', 'changes', 'faults', 'sentinels', 'nodes'];

const place = ({ path }) => ORDER.findIndex((name) => path.endsWith(`/${name}.test.ts`));

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => place(a) - place(b));
  }
};
