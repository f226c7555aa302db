// The mistakes of a tired person: each ends in a compile error or in one clear message, word for word.

import { join } from 'node:path';
import * as ts from 'typescript';
import { manifestsOf } from '../lib/output/manifests';
import { platforms } from '../lib/platform';
import type { Environment, Tenant } from '../lib/spec';
import { plain, tenantOf } from './support/synth';

/** Props of an otherwise valid tenant, by what is wrong with them; the compiler says what follows. */
const REFUSED: Readonly<Record<string, readonly [source: string, says: string]>> = {
  'a prop is misspelt': [
    'wrokers: {}',
    "Object literal may only specify known properties, but 'wrokers' does not exist in type 'Tenant'. Did you mean to write 'workers'?",
  ],
  'a nested prop is misspelt': [
    "workers: { default: { queues: ['celery'], replica: 2 } }",
    "Object literal may only specify known properties, but 'replica' does not exist in type 'WorkerPool'. Did you mean to write 'replicas'?",
  ],
  'memory has a unit that Kubernetes does not know': [
    "workers: { default: { queues: ['celery'], memory: '512MB' } }",
    `Type '"512MB"' is not assignable to type 'Range<Memory>'.`,
  ],
  'a time limit has no unit': [
    "workers: { default: { queues: ['celery'], timeLimit: '30' } }",
    `Type '"30"' is not assignable to type 'Duration | { readonly hard: Duration; readonly soft?: Duration; }'.`,
  ],
  'a pool has no queues': [
    'workers: { default: { concurrency: 4 } }',
    "Type '{ concurrency: number; }' is not assignable to type 'WorkerPool'.\n" +
      "  Property 'serves' is missing in type '{ concurrency: number; }' but required in type 'GroupPool'.",
  ],
  'a pool has an empty list of queues': [
    'workers: { default: { queues: [] } }',
    "Type '[]' is not assignable to type 'readonly [string, ...string[]]'.\n" +
      '  Source has 0 element(s) but target requires 1.',
  ],
  'there are two beats': [
    "beat: [{ scheduler: 'file' }, { scheduler: 'file' }]",
    "Type '{ scheduler: string; }[]' has no properties in common with type 'Beat'.",
  ],
  'beat has replicas': [
    'beat: { replicas: 2 }',
    "Object literal may only specify known properties, and 'replicas' does not exist in type 'Beat'.",
  ],
  'an overlay has a misspelt prop': [
    'overlays: { dev: { wrokers: {} } }',
    "Object literal may only specify known properties, but 'wrokers' does not exist in type 'Overlay'. Did you mean to write 'workers'?",
  ],
  'a broker has a topology that nobody knows': [
    "broker: { topology: 'ha' }",
    `Type '{ topology: "ha"; }' is not assignable to type 'TenantBroker'.\n` +
      "  Types of property 'topology' are incompatible.\n" +
      `    Type '"ha"' is not assignable to type '"standalone" | "replicated" | "sentinel" | "external" | "cluster" | undefined'.`,
  ],
  'a password is written as a variable of a Secret': [
    "env: { TOKEN: { secret: 'a', value: 'b' } }",
    "Object literal may only specify known properties, and 'value' does not exist in type 'SecretKey | Derived'.",
  ],
  'the list of environments is a text': [
    "environments: 'dev'",
    "Type 'string' is not assignable to type 'readonly string[]'.",
  ],
};

const CASES = { ...REFUSED, 'nothing is wrong': ['env: {}', ''] } as const;

const sourceOf = (props: string): string => `
import type { Tenant } from '../lib/spec';
export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  ${props},
};
`;

/** One program for all of them: most of its time goes into the library's own types. */
function diagnostics(): ReadonlyMap<string, string> {
  const files = new Map(
    Object.values(CASES).map(([props], i) => [join(__dirname, `mistake-${i}.ts`), sourceOf(props)]),
  );
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    types: [],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => files.has(file) || disk.fileExists(file),
    readFile: (file) => files.get(file) ?? disk.readFile(file),
    getSourceFile: (file, target) => {
      const text = files.get(file);
      return text === undefined ? disk.getSourceFile(file, target) : ts.createSourceFile(file, text, target);
    },
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host });
  return new Map(
    [...files.keys()].map((file, i) => {
      const found = program.getSemanticDiagnostics(program.getSourceFile(file));
      const text = found.map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n')).join('\n');
      return [Object.keys(CASES)[i] ?? '', text];
    }),
  );
}

const said = diagnostics();

test('the compiler takes the tenant that all of them are made of', () => {
  expect(said.get('nothing is wrong')).toBe('');
});

describe('the compiler refuses a tenant when', () => {
  test.each(Object.entries(REFUSED).map(([when, [, says]]) => [when, says] as const))('%s', (when, says) => {
    expect(said.get(when)).toBe(says);
  });
});

const shared = { shared: 'main' } as const;

/** Whole input, and the whole error. */
const TOLD: readonly (readonly [
  when: string,
  input: { readonly tenants: readonly Tenant[]; readonly environment?: Environment },
  says: string,
])[] = [
  [
    'a task is sent to a queue that nobody consumes',
    {
      tenants: [
        tenantOf({ beat: { schedule: { night: { task: 'acme.night', every: '1h', queue: 'nightly' } } } }),
      ],
    },
    '1 problem in test:\n' +
      '  tenant "acme": beat.schedule.night.queue must be a queue that a pool consumes, got "nightly"; add "nightly" to the queues of a pool, use one of "celery", or write consumedElsewhere: ["nightly"] if a program outside Stalk consumes it',
  ],
  [
    'two tenants have one prefix',
    {
      tenants: ['acme', 'globex'].map((name) => tenantOf({ name, broker: { ...shared, prefix: 'jobs:' } })),
    },
    '1 problem in test:\n' +
      '  tenant "globex": broker.prefix must not begin with the prefix "jobs:" of tenant "acme" on broker "main", which would reach its keys, got "jobs:"; choose another prefix for one of them',
  ],
  [
    'the prefix of one tenant begins that of another',
    {
      tenants: ['acme', 'acme-eu'].map((name) =>
        tenantOf({ name, broker: { ...shared, prefix: name === 'acme' ? 'acme:' : 'acme:eu:' } }),
      ),
    },
    '1 problem in test:\n' +
      '  tenant "acme-eu": broker.prefix must not begin with the prefix "acme:" of tenant "acme" on broker "main", which would reach its keys, got "acme:eu:"; choose another prefix for one of them',
  ],
  [
    'a limit is under its request',
    {
      tenants: [
        tenantOf({
          workers: { default: { queues: ['celery'], memory: { request: '1Gi', limit: '512Mi' } } },
        }),
      ],
    },
    '1 problem in test:\n' +
      '  tenant "acme": workers.default.memory.limit must be at least the request of "1Gi", got "512Mi"; raise the limit or lower the request',
  ],
  [
    'a broker evicts',
    { tenants: [tenantOf({ broker: { topology: 'standalone', eviction: 'allkeys-lru' } })] },
    '1 problem in test:\n' +
      '  tenant "acme": broker.eviction must be "noeviction" on a broker: any other deletes tasks that it accepted, got "allkeys-lru"; remove it, and give the tenant a cache for what may be forgotten',
  ],
  [
    'two tenants of a group have a beat',
    {
      tenants: ['acme', 'globex'].map((name) =>
        tenantOf({ name, broker: { ...shared, isolation: 'queue', group: 'crew' }, beat: {} }),
      ),
    },
    '1 problem in test:\n' +
      '  tenant "globex": beat must be in one tenant of group "crew" only, and tenant "acme" has it: two send every task twice, got another; write its schedule in tenant "acme"',
  ],
  [
    'two tenants have one name',
    { tenants: [tenantOf(), tenantOf()] },
    '1 problem in test:\n' +
      '  tenant "acme": name must be of one tenant only, got "acme" again; rename one of the two, or remove it from the list',
  ],
  [
    'the users of two tenants collide',
    { tenants: [tenantOf(), tenantOf({ name: 'acme-web' })] },
    '1 problem in test:\n' +
      '  tenant "acme-web": name must leave the Redis user "acme-web" of broker "main" to tenant "acme", got "acme-web"; choose another name',
  ],
  [
    'an overlay is for an environment that does not exist',
    { tenants: [tenantOf({ overlays: { prodution: { workers: false } } })] },
    '1 problem in test:\n' +
      '  tenant "acme": overlays.prodution must be named as an environment, got "prodution"; there are "test"',
  ],
  [
    'a tenant name is no DNS label',
    { tenants: [tenantOf({ name: 'Acme_Corp' })] },
    '1 problem in test:\n' +
      '  tenant "Acme_Corp": name must be a DNS label of at most 40 characters, got "Acme_Corp"; write "acme-corp"',
  ],
  [
    'secrets are literal where the cluster is not disposable',
    {
      tenants: [tenantOf()],
      environment: { ...plain, name: 'production', secrets: { strategy: 'literal' } },
    },
    '1 problem in production:\n' +
      '  environment "production": secrets.strategy must be "existing", "externalSecrets" or "pulumi", as literal secrets lie in Git for all to read, got "literal"; change it, or mark the cluster with disposable: true if nothing in it matters',
  ],
  [
    'a Redis Cluster is asked for',
    { tenants: [tenantOf({ broker: { topology: 'cluster' } })] },
    '1 problem in test:\n' +
      `  tenant "acme": broker.topology must be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster, got "cluster"; use "replicated" for copies, or several "standalone" brokers for more room`,
  ],
  [
    'a patch matches nothing',
    {
      tenants: [
        tenantOf({ patches: { 'Deployment/worker-defualt': [{ op: 'remove', path: '/spec/replicas' }] } }),
      ],
    },
    'tenant "acme": patches["Deployment/worker-defualt"] must match an object, got none; did you mean Deployment/worker-default (test)',
  ],
];

function messageOf({ tenants, environment = plain }: (typeof TOLD)[number][1]): string {
  try {
    for (const { leaves } of platforms({ environments: [environment], tenants })) leaves.forEach(manifestsOf);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a synth fails when', () => {
  test.each(TOLD)('%s', (_, input, says) => {
    expect(messageOf(input)).toBe(says);
  });
});

test('a synth fails with all mistakes at once', () => {
  const tenants = [
    tenantOf({ name: 'Acme_Corp' }),
    tenantOf({ name: 'globex', broker: { topology: 'standalone', eviction: 'allkeys-lru' } }),
  ];

  expect(messageOf({ tenants })).toMatch(
    /^2 problems in test:\n {2}tenant "Acme_Corp": .*\n {2}tenant "globex": .*$/,
  );
});
