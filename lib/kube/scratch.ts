// The folder that nearly every program writes to: the root file system is read-only.

export const SCRATCH = { name: 'tmp', path: '/tmp', size: '256Mi' } as const;
