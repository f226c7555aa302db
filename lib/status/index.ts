// What a cluster does right now, from the cluster alone.

export { look } from './look';
export { wrapped } from './table';
export { statusText } from './text';
export type { Shown } from './text';
export type { Status } from './status';
export { watchedOf } from './watched';
export type { Watched } from './watched';
