// One name, one meaning: an exported name of lib is declared in one file, and says what it stands for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const LIB = join(__dirname, '..', 'lib');

interface Declaration {
  readonly name: string;
  /** From `lib/`. */
  readonly file: string;
  readonly exported: boolean;
  readonly callable: boolean;
}

/** The templates of `stalk init` are a project of its own. */
const files = readdirSync(LIB, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.startsWith(join('scaffold', 'template')),
);

const declarations = files.flatMap((file) => declaredIn(file, readFileSync(join(LIB, file), 'utf8')));

/** Declarations at the top of a file; what it exports of another file is that one's. */
function declaredIn(file: string, text: string): readonly Declaration[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const exported = ts.canHaveModifiers(statement)
      ? (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false;
    return namesIn(statement).map((named) => ({ ...named, file, exported }));
  });
}

function namesIn(statement: ts.Statement): readonly Pick<Declaration, 'name' | 'callable'>[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name)
        ? [{ name: name.text, callable: initializer !== undefined && ts.isArrowFunction(initializer) }]
        : [],
    );
  if (ts.isFunctionDeclaration(statement) && statement.name)
    return [{ name: statement.name.text, callable: true }];
  const named =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return named && statement.name ? [{ name: statement.name.text, callable: false }] : [];
}

/** Exported names that are declared in several files, each with its files. */
function ambiguous(found: readonly Declaration[]): Readonly<Record<string, readonly string[]>> {
  const exported = found.filter((one) => one.exported);
  const filesOf = (wanted: string): readonly string[] => [
    ...new Set(exported.filter(({ name }) => name === wanted).map(({ file }) => file)),
  ];
  const names = [...new Set(exported.map(({ name }) => name))].sort();
  return Object.fromEntries(
    names.flatMap((name) => (filesOf(name).length > 1 ? [[name, filesOf(name)] as const] : [])),
  );
}

/** They say nothing where they are called. */
const EMPTY_WORDS = ['told', 'kept', 'that', 'over', 'both'];

const emptyNames = (found: readonly Declaration[]): readonly string[] =>
  found
    .filter(({ name, callable }) => callable && EMPTY_WORDS.includes(name))
    .map(({ name, file }) => `${file}: ${name}`);

test('an exported name of lib is declared in one file', () => {
  expect(ambiguous(declarations)).toEqual({});
});

test('the name of a function says what it does', () => {
  expect(emptyNames(declarations)).toEqual([]);
});

test('a second declaration is found in whatever form it is written', () => {
  const forms = [
    'export const load = 1;',
    'export function load() {}',
    'export interface load {}',
    'export type load = 1;',
    'export class load {}',
  ];

  const found = forms.flatMap((form, i) => declaredIn(`${i}.ts`, form));

  expect(ambiguous(found)).toEqual({ load: ['0.ts', '1.ts', '2.ts', '3.ts', '4.ts'] });
});

test('overloads, a type beside its value, and what is exported again are one declaration', () => {
  const one = 'export type Unit = "a";\nexport const Unit = "a";\nfunction f(): void;\nfunction f() {}';

  const found = [...declaredIn('one.ts', one), ...declaredIn('two.ts', "export { Unit } from './one';")];

  expect(ambiguous(found)).toEqual({});
});

test('a function with an empty name is found, a value is not', () => {
  const found = declaredIn('a.ts', 'const told = () => 1;\nfunction kept() {}\nconst both = 1;');

  expect(emptyNames(found)).toEqual(['a.ts: told', 'a.ts: kept']);
});
