// A list that cannot be loaded, as every command and Pulumi tell it: one line with the file, never a stack.

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A process that loads Stalk through a compiler, on a busy machine. */
jest.setTimeout(120_000);

const root = join(__dirname, '..', '..');
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'stalk-load-')));

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const GOOD = {
  'environments.ts':
    "export const environments = [{ name: 'dev', disposable: true, storageClass: 's', secrets: { strategy: 'literal' }, brokers: { main: { topology: 'standalone' } } }];",
  'tenants/acme.ts':
    "export const acme = { name: 'acme', app: { dialect: 'celery', image: 'acme/jobs:1', module: 'acme' }, workers: { default: { queues: ['celery'] } } };",
  'list.ts':
    "export { environments } from './environments';\nimport { acme } from './tenants/acme';\nexport const tenants = [acme];",
};

const listOf = (lines: string, tenants = 'acme'): string =>
  `export { environments } from './environments';\n${lines}\nexport const tenants = [${tenants}];`;

/** What is broken: other files, and what is said, with `<at>/` for the folder of the case. */
const BROKEN: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, says: string]>> = {
  'a file is misspelt': [
    { 'list.ts': listOf("import { acme } from './tenants/acmee';") },
    '<at>/list.ts must import what there is, got "./tenants/acmee"; did you mean "./tenants/acme"',
  ],
  'a folder is misspelt': [
    { 'list.ts': listOf("import { acme } from './tenant/acme';") },
    '<at>/list.ts must import what there is, got "./tenant/acme"; there is no folder "./tenant"',
  ],
  'an imported name is misspelt': [
    { 'list.ts': listOf("import { acmee } from './tenants/acme';", 'acmee') },
    '<at>/list.ts must import what "./tenants/acme" exports, got "acmee"; did you mean "acme"',
  ],
  'a tenant is undefined for another reason': [
    { 'list.ts': listOf("import { acme } from './tenants/acme';", 'acme, [][0]') },
    'tenants[1] must be a tenant, got nothing; export it from its file under the name that is imported, in <at>/list.ts',
  ],
  'a file of versions is broken': [
    {
      'environments.ts': `import { imagesFrom } from '${join(root, 'lib')}';\nexport const environments = [{ images: imagesFrom(__dirname, 'images.yaml') }];`,
      'images.yaml': 'acme: [1',
    },
    '<at>/images.yaml:1:9 must be JSON or YAML, got "Flow sequence in block collection must be sufficiently indented and end with a …"; write one line for each tenant, like "acme: 2.4.1"',
  ],
  'a package is missing': [
    { 'tenants/acme.ts': "import { x } from 'no-such-package';\nexport const acme = x;" },
    '<at>/tenants/acme.ts must import what there is, got "no-such-package"; run npm install, or correct the name',
  ],
  'a tenant file has a syntax error': [
    { 'tenants/acme.ts': "export const acme = {\n  name: 'acme'\n  app: 1,\n};" },
    `<at>/tenants/acme.ts:3:1 must load, got "Expected ',', got 'ident'"; correct it`,
  ],
  'a tenant file throws': [
    { 'tenants/acme.ts': "throw new Error('no such file\\nand more');\nexport const acme = 1;" },
    '<at>/tenants/acme.ts must load, got "no such file"; correct it',
  ],
  'a tenant file throws what is no error': [
    { 'tenants/acme.ts': 'throw undefined;\nexport const acme = 1;' },
    '<at>/list.ts must load, got nothing, which it throws; correct it',
  ],
  'a tenant file reads what is not there': [
    { 'tenants/acme.ts': 'const none: any = undefined;\nexport const acme = { name: none.name };' },
    `<at>/tenants/acme.ts must load, got "Cannot read properties of undefined (reading 'name')"; correct it`,
  ],
  'two files import each other': [
    {
      'tenants/acme.ts': "import { b } from './b';\nexport const acme = { name: 'acme', app: b.app };",
      'tenants/b.ts': "import { acme } from './acme';\nexport const b = { name: 'b', app: acme.app };",
    },
    `<at>/tenants/acme.ts must load, got "Cannot access 'acme' before initialization"; two files import each other: move what both need into a third`,
  ],
  'a list is not exported': [
    { 'list.ts': "export { environments } from './environments';\nexport const tenant = [];" },
    '<at>/list.ts must export the list tenants, got nothing; did you mean "tenant"',
  ],
  'a list is no list': [
    { 'list.ts': "export { environments } from './environments';\nexport const tenants = { acme: 1 };" },
    '<at>/list.ts must export the list tenants, got {"acme":1}; write export const tenants = [ … ]',
  ],
  'there is no environment': [
    { 'environments.ts': 'export const environments = [];' },
    'environments must list at least one, got []; write the cluster that the tenants run on, in <at>/list.ts',
  ],
  'a value is no data': [
    { 'list.ts': listOf("import { acme } from './tenants/acme';", '{ ...acme, env: { A: undefined } }') },
    '1 problem:\n  tenant "acme": env.A must be given or left out, got nothing; remove it, or export what it imports under that name',
  ],
};

/** Writes a project and says where. */
function project(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(scratch, name);
  for (const [file, text] of Object.entries({ ...GOOD, ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

interface Said {
  readonly exit: number;
  readonly err: string;
}

/** All commands one after another in one process, as `npx stalk` runs each. */
function stalk(commands: readonly (readonly string[])[]): readonly Said[] {
  const program = `
    const { main } = require(${JSON.stringify(join(root, 'lib/cli/main'))});
    (async () => {
      const all = [];
      for (const argv of JSON.parse(process.argv[1])) {
        const lines = [];
        const say = (text) => lines.push(text);
        const exit = await main(argv, { out() {}, err: say, progress: say });
        all.push({ exit, err: lines.join('\\n') });
      }
      console.log(JSON.stringify(all));
    })();`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', join(root, 'scripts', 'register.cjs'), '-e', program, JSON.stringify(commands)],
    { cwd: scratch, encoding: 'utf8' },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Said[];
}

const contents = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(
      ({ parentPath, name }) => `${join(parentPath, name)}\n${readFileSync(join(parentPath, name), 'utf8')}`,
    )
    .sort();

const CASES = Object.entries(BROKEN).map(([when, [files, says]], index) => {
  const name = `case-${index}`;
  return { when, name, from: join(project(name, files), 'list.ts'), says: says.replaceAll('<at>', name) };
});

test('every command tells a broken list in one line, and dist/ stays as it was', () => {
  const out = join(scratch, 'dist');
  const good = join(project('good', {}), 'list.ts');
  const [written] = stalk([['synth', '--from', good, '--out', out]]);
  const before = contents(out);
  const commands = CASES.flatMap(({ from }) => [
    ['synth', '--from', from, '--out', out],
    ['verify', '--env', 'dev', '--from', from],
    ['loadtest', 'acme', '--env', 'dev', '--from', from],
  ]);

  const said = stalk(commands);

  expect(written?.exit).toBe(0);
  expect(before.length).toBeGreaterThan(20);
  expect(said).toEqual(CASES.flatMap(({ says }) => Array(3).fill({ exit: 2, err: says })));
  expect(contents(out)).toEqual(before);
});

/** Loads the list as `pulumi up` does: ts-node with swc, and the compiler's own words for errors. */
function pulumi(files: readonly string[]): readonly string[] {
  const program = `
    const { loadList } = require(${JSON.stringify(join(root, 'lib/output/load'))});
    console.log(JSON.stringify(JSON.parse(process.argv[1]).map((file) => {
      try { loadList(file); return ''; } catch (error) { return error.name === 'ListError' ? error.message : error.stack; }
    })));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', 'ts-node/register/transpile-only', '-e', program, JSON.stringify(files)],
    { cwd: root, encoding: 'utf8', env: { ...process.env, TS_NODE_PROJECT: join(root, 'tsconfig.json') } },
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

test('pulumi up tells a broken list in the same words', () => {
  const loaded = CASES.filter(({ when }) => when !== 'a value is no data');

  const said = pulumi(loaded.map(({ from }) => from.replace(/\.ts$/, '')));

  expect(said.map((text) => text.replaceAll(`${scratch}/`, ''))).toEqual(loaded.map(({ says }) => says));
});
