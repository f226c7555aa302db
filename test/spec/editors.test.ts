// What an editor shows of the contract, from the declarations that the package ships.

import { join } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  declaration: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  types: ['node'],
  rootDir: ROOT,
  outDir: join(ROOT, 'declared'),
};

/** Declarations of the contract as `npm run build` writes them, in memory. */
function declarations(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const program = ts.createProgram([join(ROOT, 'lib/spec/index.ts')], OPTIONS);
  program.emit(undefined, (file, text) => files.set(file, text), undefined, true);
  return files;
}

const written = declarations();
const USER = join(ROOT, 'declared/user.ts');

function service(text: string): ts.LanguageService {
  const read = (file: string): string | undefined =>
    file === USER ? text : (written.get(file) ?? ts.sys.readFile(file));
  return ts.createLanguageService({
    getScriptFileNames: () => [USER],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const found = read(file);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => ROOT,
    getCompilationSettings: () => OPTIONS,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (file) => read(file) !== undefined,
    readFile: read,
    directoryExists: (folder) =>
      [...written.keys()].some((file) => file.startsWith(`${folder}/`)) || ts.sys.directoryExists(folder),
  });
}

const textOf = (parts: readonly ts.SymbolDisplayPart[] | undefined): string =>
  ts.displayPartsToString([...(parts ?? [])]);

const SOURCE = `import type { Tenant } from './lib/spec';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  messages: { serializer: 'json' },
  workers: { default: { queues: ['celery'], memory: '1Gi' } },
  overlays: { dev: { results: { expires: '1h' }, connections: { } } },
};
`;

const editor = service(SOURCE);

test('the declarations compile without those of cdk8s', () => {
  const program = editor.getProgram();
  const told = [
    ...editor.getSemanticDiagnostics(USER),
    ...[...written.keys()].flatMap(
      (file) => program?.getSemanticDiagnostics(program.getSourceFile(file)) ?? [],
    ),
  ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

  expect(told).toEqual([]);
  expect(
    program
      ?.getSourceFiles()
      .map(({ fileName }) => fileName)
      .filter((file) => /cdk8s/.test(file)),
  ).toEqual([]);
});

test.each([
  ['serializer', '(property) serializer?: "json" | "pickle"', "How this tenant's producers write.", "'json'"],
  [
    'memory',
    'memory?: Range<Memory>',
    'Memory: over the limit a process is killed.',
    '256Mi to 512Mi for workers',
  ],
  ['expires', '(property) expires?: Duration', 'How long a result stays.', "'24h'"],
  ['name', '(property) name: string', 'Names the namespace', undefined],
])('an editor that points at %s shows its type, doc and default', (prop, type, doc, fallback) => {
  const shown = editor.getQuickInfoAtPosition(USER, SOURCE.indexOf(`${prop}:`));
  const tag = shown?.tags?.find(({ name }) => name === 'default');

  expect(textOf(shown?.displayParts)).toContain(type);
  expect(textOf(shown?.documentation)).toContain(doc);
  if (fallback === undefined) expect(tag).toBeUndefined();
  else expect(textOf(tag?.text)).toContain(fallback);
});

test('an editor proposes what is left to write, with its doc', () => {
  const place = SOURCE.indexOf('connections: { ') + 'connections: { '.length;

  const proposed = editor.getCompletionsAtPosition(USER, place, {})?.entries.map(({ name }) => name);
  const details = editor.getCompletionEntryDetails(USER, place, 'pool', {}, undefined, {}, undefined);

  expect(proposed).toEqual(expect.arrayContaining(['connectTimeout', 'max', 'pool', 'timeout']));
  expect(textOf(details?.documentation)).toBe('Connections that a process keeps for publishing.');
  expect(textOf(details?.tags?.[0]?.text)).toBe('10');
});

/** What a person writes: the contract but for what becomes of it. */
const CONTRACT = [
  ...(written.get(join(ROOT, 'declared/lib/spec/index.d.ts')) ?? '').matchAll(/type \* from '\.\/([\w-]+)'/g),
]
  .map(([, file]) => String(file))
  .filter((file) => file !== 'resolved' && file !== 'runs');

const interfacesIn = (program: ts.Program, file: string): readonly ts.InterfaceDeclaration[] =>
  [...(program.getSourceFile(join(ROOT, `declared/lib/spec/${file}.d.ts`))?.statements ?? [])].filter(
    ts.isInterfaceDeclaration,
  );

/** Nobody can write it: it is there for its message. */
const isOfAnotherKind = (type: ts.Type): boolean => (type.flags & ts.TypeFlags.Undefined) !== 0;

/** Optional props without a doc or without a default in it, and required ones that say a default. */
function unclear(program: ts.Program): readonly string[] {
  const checker = program.getTypeChecker();
  const declarations = CONTRACT.flatMap((file) => interfacesIn(program, file));
  return declarations
    .filter(({ name }) => name.text !== 'Overlay')
    .flatMap((declared) =>
      checker
        .getTypeAtLocation(declared)
        .getProperties()
        .filter((prop) => {
          const isOptional = (prop.flags & ts.SymbolFlags.Optional) !== 0;
          const says = prop.getJsDocTags(checker).some(({ name }) => name === 'default');
          return (
            !isOfAnotherKind(checker.getTypeOfSymbol(prop)) &&
            (isOptional !== says || (isOptional && textOf(prop.getDocumentationComment(checker)) === ''))
          );
        })
        .map((prop) => `${declared.name.text}.${prop.name}`),
    );
}

test('every optional prop keeps its doc and its default in the declarations', () => {
  const program = editor.getProgram();

  expect(CONTRACT.length).toBeGreaterThan(8);
  expect(program && unclear(program)).toEqual([]);
});
