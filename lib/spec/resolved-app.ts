// The app of a tenant with everything filled in.

import type { App, ExistingVolume, NewVolume, PaperlessApp, SizedFolder } from './app';

export type ResolvedVolume =
  (Required<Omit<NewVolume, 'storageClass'>> & { readonly storageClass: string }) | ExistingVolume;

export type WrittenFolder = Pick<SizedFolder, 'path' | 'size'>;

export interface ResolvedApp {
  readonly dialect: App['dialect'];
  readonly image: string;
  readonly module: string;
  readonly entrypoint: readonly string[];
  readonly user: number | 'assigned';
  readonly writable: readonly WrittenFolder[];
  readonly writableRoot?: string;
  readonly volumes: Readonly<Record<string, ResolvedVolume>>;
  readonly workingDir?: string;
  readonly pythonPath: readonly string[];
  readonly logLevel: string;
  readonly configMap: string;
  readonly djangoSettings?: string;
  readonly threadsPerWorker: number;
  readonly crons: NonNullable<PaperlessApp['crons']>;
}
