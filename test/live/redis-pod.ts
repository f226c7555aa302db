/** A Redis pod without a cluster: its mounts in a temporary folder, its init container and its sidecar. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, connect } from './redis-connection';
import { type Redis, type Shell, eventually, finished, missing, redisIn, shells } from './redis-server';

export type Run = NonNullable<Shell['run']>;
type Env = Readonly<Record<string, string>>;
type Ended = Awaited<ReturnType<typeof finished>>;

export interface Pod {
  readonly redis: Redis;
  readonly path: (...parts: readonly string[]) => string;
  readonly file: (path: string) => string;
  /** Writes mounted files; `undefined` takes one away. */
  readonly mount: (files: Readonly<Record<string, string | undefined>>) => void;
  readonly build: (env?: Env) => Promise<Ended>;
  readonly probe: (question: string, env?: Env) => Promise<Ended>;
  readonly watch: (env?: Env) => ChildProcess;
  /** What `watch` has started last. */
  readonly sidecar: () => ChildProcess | undefined;
  /** Builds, starts Redis and the sidecar, and waits until the sidecar has seen the mounts. */
  readonly start: () => Promise<void>;
  /** What the sidecar has said. */
  readonly log: () => string;
  readonly says: (text: string) => Promise<void>;
  readonly as: (user: string, password: string) => Promise<Connection>;
  readonly admin: () => Promise<Connection>;
  readonly accepts: (user: string, password: string) => Promise<boolean>;
  readonly remove: () => Promise<void>;
}

type Folders = Pick<Pod, 'path' | 'file' | 'mount'>;

function filesIn(folder: string): Folders {
  const path = (...parts: readonly string[]): string => join(folder, ...parts);
  ['rules', 'passwords', 'run'].forEach((name) => mkdirSync(path(name)));
  return {
    path,
    file: (name) => readFileSync(path(name), 'utf8'),
    mount: (files) =>
      Object.entries(files).forEach(([name, text]) =>
        text === undefined ? rmSync(path(name)) : writeFileSync(path(name), text),
      ),
  };
}

/** Logging in as a pod's users; closes what it opened. */
function logins(port: number, files: Folders): Pick<Pod, 'as' | 'admin' | 'accepts'> & { close: () => void } {
  const opened: Connection[] = [];
  const as: Pod['as'] = async (user, password) => {
    const connection = await connect(port, user, password);
    opened.push(connection);
    return connection;
  };
  return {
    as,
    admin: () => as('admin', files.file('run/admin')),
    accepts: (user, password) => as(user, password).then(Boolean, () => false),
    close: () => opened.forEach((connection) => connection.close()),
  };
}

/** A pod whose scripts run in the given shell; `config` is added to its redis.conf. */
export async function podIn(run: Run, config = ''): Promise<Pod> {
  const redis = await redisIn(
    (folder) =>
      `aclfile ${folder}/run/users.acl\ninclude ${folder}/run/auth.conf\nenable-debug-command local\n${config}`,
  );
  const files = filesIn(redis.folder);
  const { close, ...login } = logins(redis.port, files);
  const mounts = {
    USERS_RULES: files.path('rules'),
    USERS_PASSWORDS: files.path('passwords'),
    USERS_RUN: files.path('run'),
    USERS_INTERVAL: '0.1',
    REDIS_PORT: String(redis.port),
  };
  let log = '';
  let watcher: ChildProcess | undefined;
  const build: Pod['build'] = (env) => finished(run('users.sh', 'build', { ...mounts, ...env }));
  const watch: Pod['watch'] = (env) => {
    watcher = run('users.sh', 'watch', { ...mounts, ...env });
    watcher.stderr?.on('data', (data: Buffer) => (log += data.toString()));
    return watcher;
  };
  const says: Pod['says'] = (text) => eventually(`the sidecar says "${text}"`, () => log.includes(text));
  return {
    redis,
    ...files,
    ...login,
    build,
    watch,
    says,
    sidecar: () => watcher,
    log: () => log,
    probe: (question, env) => finished(run('probe.sh', question, { ...mounts, ...env })),
    start: async () => {
      await build();
      await redis.start();
      rmSync(files.path('run/work/hashes'));
      watch();
      await eventually('the sidecar has read the mounts', () => existsSync(files.path('run/work/hashes')));
    },
    remove: async () => {
      close();
      watcher?.kill('SIGTERM');
      redis.signal('SIGCONT');
      await redis.remove();
    },
  };
}

/** Describes scripts under each shell that a Redis image may have; says loudly which are not here. */
export function describeInShells(subject: string, tests: (run: Run) => void): void {
  describe.each(shells)(`${subject}: $name`, ({ name, run }) => {
    if (run !== undefined) return tests(run);
    const lacking = missing === '' ? `${name} is not on PATH` : missing;
    console.warn(`SKIPPED, not proven: ${subject} in ${name}: ${lacking}`);
    it.skip(`cannot run: ${lacking}`, () => undefined);
  });
}

/** What a tenant may do, in few words. */
export const RULES =
  'resetkeys ~tenant:a:* resetchannels &tenant:a:* -@all +ping +client|id +get +set +lpush';

export const OF_TENANTS = { 'tenant-a': RULES, 'tenant-b': RULES.replaceAll(':a:', ':b:') };

type Files = Readonly<Record<string, string>>;

/** Files that give each of these users the rules of a role of its own. */
export const usersWith = (rules: Files): Files => ({
  'rules/roles': Object.entries(rules)
    .map(([user, line]) => `${user} - ${line}\n`)
    .join(''),
  'rules/users': Object.keys(rules)
    .map((user) => `${user} - ${user}\n`)
    .join(''),
});

/** The same beside tenants a and b. */
export const besides = (rules: Files): Files => usersWith({ ...OF_TENANTS, ...rules });

export const TWO_TENANTS = {
  ...besides({}),
  'passwords/tenant-a': 'first-password-of-a',
  'passwords/tenant-b': 'first-password-of-b',
} as const;
