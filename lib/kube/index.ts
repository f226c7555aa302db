// Labels, names and the hardened pod.

export * from './labels';
export * from './pod';
