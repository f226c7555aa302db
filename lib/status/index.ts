// What a cluster does right now, from the cluster alone.

export type { JudgedBroker } from './brokers';
export { shortMemory } from './durations';
export { look, lookAtBroker } from './look';
export { wordWrapped } from './table';
export { statusText } from './text';
export type { Shown } from './text';
export type { Status } from './status';
export { watchedIn } from './watched';
export type { Watched, WatchedBroker } from './watched';
