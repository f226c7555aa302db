// Labels, names, claims and the hardened pod.

export * from './claim';
export * from './labels';
export * from './native';
export * from './plain-object';
export * from './scratch';
export * from './pod';
