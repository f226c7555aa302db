// What runs for a tenant, whoever runs it: each program of its app, with all that it needs.

import type { Memory, ResolvedExpose, ResolvedPods, UsageScaling } from '../spec';
import type { ProbeDefaults, Resources } from '../spec/compute';

/** A command with what it reads. */
export interface Program {
  /** The noun a person would type: `worker-default`, `beat`. */
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Folder in which it starts; absent, the image's own. */
  readonly workingDir?: string;
  /** A text may hold `$(NAME)`, the value of a variable that comes before it. */
  readonly variables: readonly Variable[];
  /** Configs and Secrets whose entries are variables as well: a later one wins, and those above win over each. */
  readonly variablesFrom: readonly VariableSource[];
  readonly folders: readonly Folder[];
}

/** One program of the app, from its start to its end. */
export interface Process extends Program {
  readonly component: 'worker' | 'beat' | 'web' | 'process' | 'flower' | 'migrate' | 'loadtest';
  readonly lifetime: Lifetime;
  /** Numeric user and group; absent, whoever runs it chooses one. */
  readonly user?: number;
  /** Why its root file system cannot be read-only. */
  readonly writableRoot?: string;
  readonly resources: Resources;
  /** How many of each it has for itself; not its waits. */
  readonly devices: Readonly<Record<string, number>>;
  /** Where it runs, and as whom. */
  readonly pods: ResolvedPods;
  /** What has to end well before it starts, one after the other, with its resources. */
  readonly waits: readonly Wait[];
  /** Seconds that its waits may take at most, besides what every start takes; absent, no more than that. */
  readonly waitsFor?: number;
  /** What runs beside it, from before the waits until after its end. */
  readonly companions: readonly Companion[];
  /** Redis servers that it talks to. */
  readonly talksTo: readonly ('broker' | 'cache')[];
  /** Where it listens for HTTP, and where others ask for it. */
  readonly port?: number;
  /** Port of the companion that takes its requests and passes them on; the same as `port` where it has none of its own. */
  readonly front?: number;
  /** Where it serves its metrics; absent where nobody asks for them. */
  readonly metrics?: number;
  /** How it is reached from outside. */
  readonly expose?: ResolvedExpose;
  readonly signal?: Signal;
  readonly probes?: ProcessProbes;
  /** Seconds between the order to stop and SIGTERM, in which a server still answers. */
  readonly drain?: number;
  /** Seconds between the order to stop and SIGKILL. */
  readonly grace: number;
  /** Version of the passwords that it reads at its start alone: another version restarts it. */
  readonly credentialsVersion?: string;
  /** Whether it reads Secrets that somebody else puts there. */
  readonly readsForeignSecrets: boolean;
}

/** `service`: several at a time; `singleton`: never two; `job`: runs once; `cron`: runs by the clock, never two at a time. */
export type Lifetime =
  | {
      readonly kind: 'service';
      /** Without an autoscaler. */
      readonly replicas: number;
      readonly scaling?: Scaling;
      /** How firmly they keep to different machines. */
      readonly apart: 'preferred' | 'required';
    }
  | { readonly kind: 'singleton'; readonly replicas: number }
  | {
      readonly kind: 'job';
      /** Seconds. */
      readonly timeLimit: number;
      readonly retries: number;
      /** Seconds that it stays when it has ended; absent, for ever. */
      readonly remains?: number;
    }
  | {
      readonly kind: 'cron';
      /** Five fields, in UTC. */
      readonly cron: string;
      /** Seconds of one run. */
      readonly timeLimit: number;
      readonly retries: number;
    };

export type Scaling = UsageScaling | BacklogScaling;

/** By the tasks that wait or run, and by what the processes use where that is said too. */
export interface BacklogScaling extends UsageScaling {
  /** Tasks for each process. */
  readonly tasksEach: number;
  /** Seconds without a task until the last process goes. */
  readonly cooldown: number;
  readonly database: number;
  /** Lists and sets in the broker whose lengths are added up. */
  readonly lists: readonly Counted[];
}

export interface Counted {
  readonly name: string;
  readonly list: string;
  /** Of its length, no more counts. */
  readonly most?: number;
}

/** A text, or what a Secret or a config holds under a key. */
export type Variable = { readonly name: string } & (
  | { readonly value: string }
  | { readonly secret: string; readonly key: string }
  | { readonly config: string; readonly key: string }
);

/** All that a config or a Secret holds, a variable for each key. */
export type VariableSource = { readonly prefix?: string; readonly optional?: boolean } & (
  { readonly config: string } | { readonly secret: string }
);

/** A folder that it finds at a path: files of a config or a Secret, data that stays, or room to write. */
export type Folder = { readonly name: string; readonly path: string } & (
  | ({ readonly config: string } & Files)
  /** Files that only the process may read. */
  | ({ readonly secret: string } & Files)
  | { readonly claim: string }
  | { readonly scratch: Memory }
  /** Room in memory, which counts in that of the process. */
  | { readonly memory: Memory }
);

interface Files {
  /** Names of files by key; absent, each key is a file of its name. */
  readonly files?: Readonly<Record<string, string>>;
  /** The path is that of this file alone, in a folder of the image. */
  readonly single?: string;
}

export interface Wait extends Program {
  readonly for: 'its turn' | 'preparation' | 'broker' | 'what the old broker has' | 'migrations';
  /** Absent, that of the process. */
  readonly user?: number;
}

/** A program of another image that runs as long as a process does. */
export interface Companion extends Omit<Program, 'command'> {
  /** Absent, what its image starts. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  /** Absent, that of the process. */
  readonly user?: number;
  readonly resources: Resources;
  readonly port?: number;
  readonly probes?: ProcessProbes;
}

/** How others learn how it is. */
export type Signal =
  /** A file that is there while it works, and one that it touches while it lives. */
  | { readonly working: string; readonly alive: string }
  /** A path that answers while it can serve. */
  | { readonly health: string };

/** When it is looked at, and for what. */
export type ProcessProbes = {
  readonly [name in 'startup' | 'liveness']: ProcessProbe;
} & {
  /** Absent where nobody sends it work: it is ready when it has started. */
  readonly readiness?: ProcessProbe;
};

type ProcessProbe = ProbeDefaults['readiness'] & { readonly look: Look };

/** A program that ends well, a request that is answered, or the port that accepts. */
export type Look = { readonly program: readonly string[] } | HealthLook | 'port';

export interface HealthLook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent, the port of the process. */
  readonly port?: number;
  readonly scheme: 'http' | 'https';
}
