// `stalk move`: where a tenant stands between two brokers, and what the next commit is.

export { standing } from './left';
export type { Standing } from './left';
export { readyFor } from './ready';
export { destinations, stepOf } from './step';
export type { Step, BrokerAsked } from './step';
