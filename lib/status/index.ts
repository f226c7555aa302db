// What a cluster does right now, from the cluster alone.

export { look } from './look';
export { wordWrapped } from './table';
export { statusText } from './text';
export type { Shown } from './text';
export type { Status } from './status';
export { watchedIn } from './watched';
export type { Watched } from './watched';
