// What verify and loadtest may do in a cluster: read objects, run commands in pods, read logs, make and delete a few.

/** An object as the API server answers: plain JSON, fields as in a manifest. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    /** ISO 8601. */
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
    }[];
  };
}

/** Which kind: `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Which object; without a namespace, one of the cluster. */
export interface ObjectRef extends ObjectKind {
  readonly name: string;
  readonly namespace?: string;
}

export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** A port of a pod that speaks HTTP. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface Command {
  /** Program and arguments; no shell unless you name one. Never a secret: API servers log them. */
  readonly argv: readonly string[];
  /** Sent whole and not closed, as old API servers cannot close it: the program must know how much to read. */
  readonly stdin?: string;
  readonly timeoutSeconds: number;
}

export interface Executed {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code of the program; 127 also when the container has no such program. */
  readonly code: number;
}

/** CPU and memory of one container, from metrics-server. */
export interface Usage {
  readonly pod: string;
  readonly container: string;
  readonly millicores: number;
  readonly bytes: number;
}

/** A right as RBAC writes it: `{ verb: 'create', resource: 'pods/exec', group: '', namespace: 'acme' }`. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

export interface LogOptions {
  readonly tail?: number;
  /** Only what was said in the last so many. */
  readonly seconds?: number;
  /** Of the container before the last restart. */
  readonly previous?: boolean;
}

/** One cluster. Everything throws a ClusterError with one clear line. */
export interface Cluster {
  readonly context: string;
  readonly server: string;
  /** `v1.34.2`; asked first, to know that the cluster can be reached at all. */
  version(): Promise<string>;
  /** The rights that this user lacks. */
  missing(rights: readonly Right[]): Promise<readonly Right[]>;
  /** Undefined when the object does not exist, or when the cluster does not know the kind. */
  read<T extends KubeObject>(ref: ObjectRef): Promise<T | undefined>;
  /** With labels, only the objects that have all of them. */
  list<T extends KubeObject>(
    kind: ObjectKind,
    namespace?: string,
    labels?: Readonly<Record<string, string>>,
  ): Promise<readonly T[]>;
  /** Throws when the pod is not there, or at the timeout; a program that fails is an answer. */
  exec(where: ContainerRef, command: Command): Promise<Executed>;
  /** What a pod answers to a GET that the API server passes on: it may be cut off from that pod. */
  proxied(where: PodPort, path: string): Promise<string>;
  logs(where: ContainerRef, options?: LogOptions): Promise<string>;
  /** Usage of all pods of a namespace; undefined when the cluster has no metrics-server. */
  usage(namespace: string): Promise<readonly Usage[] | undefined>;
  create(object: KubeObject & ObjectKind & { readonly spec?: object }): Promise<void>;
  /** Deletes the objects that it owns too; succeeds when it does not exist. `graceSeconds: 0` kills a pod. */
  delete(ref: ObjectRef, options?: { readonly graceSeconds?: number }): Promise<void>;
}

/** Of what a program printed: where it failed, the reason. */
export const lastLineOf = (text: string): string => text.trim().split('\n').at(-1) ?? '';

/** As a report names it: its context, and where that is. */
export const clusterName = ({ context, server }: Pick<Cluster, 'context' | 'server'>): string =>
  `${context} at ${server.replace(/^https?:\/\//, '')}`;
