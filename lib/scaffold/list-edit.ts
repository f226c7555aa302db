// Adds a tenant to the text of tenants/index.ts: an import and an entry, all else as it was.

import ts from 'typescript';

export interface ListEdit {
  /** Absent where the list is not written as an array in `export const tenants`. */
  readonly text?: string;
  /** What the file imports the contract from. */
  readonly from: string;
  /** The two lines, for a person to add. */
  readonly lines: readonly string[];
}

const CONTRACT = '@stalk/stalk';

/** `identifier` is exported by `./<name>`. */
export function listWith(text: string, name: string, identifier: string): ListEdit {
  const source = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest, true);
  const imports = source.statements.filter(ts.isImportDeclaration);
  const line = `import { ${identifier} } from './${name}';`;
  const edit = { from: contractIn(imports), lines: [line, `${identifier},`] };
  const array = arrayIn(source);
  if (array === undefined) return edit;
  const last = imports.at(-1);
  const imported =
    last === undefined ? { at: 0, text: `${line}\n\n` } : { at: last.getEnd(), text: `\n${line}` };
  return { ...edit, text: inserted(text, [imported, ...entryIn(array, text, identifier)]) };
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** Insertions come in the order of their places. */
const inserted = (text: string, insertions: readonly Insertion[]): string =>
  insertions.reduceRight((all, one) => all.slice(0, one.at) + one.text + all.slice(one.at), text);

function contractIn(imports: readonly ts.ImportDeclaration[]): string {
  const found = imports.find((one) => {
    const named = one.importClause?.namedBindings;
    return (
      named !== undefined &&
      ts.isNamedImports(named) &&
      named.elements.some(({ name }) => name.text === 'Tenant')
    );
  });
  return found !== undefined && ts.isStringLiteral(found.moduleSpecifier)
    ? found.moduleSpecifier.text
    : CONTRACT;
}

function arrayIn(source: ts.SourceFile): ts.ArrayLiteralExpression | undefined {
  const found = source.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .find(({ name }) => ts.isIdentifier(name) && name.text === 'tenants');
  const value = found?.initializer && bare(found.initializer);
  return value && ts.isArrayLiteralExpression(value) ? value : undefined;
}

/** Without `as const`, `satisfies …` and parentheses. */
const bare = (value: ts.Expression): ts.Expression =>
  ts.isAsExpression(value) || ts.isSatisfiesExpression(value) || ts.isParenthesizedExpression(value)
    ? bare(value.expression)
    : value;

/** Behind the last entry: on its line, or on a line of its own where entries stand so, below a comment at its side. */
function entryIn(array: ts.ArrayLiteralExpression, text: string, identifier: string): readonly Insertion[] {
  const { elements } = array;
  const last = elements.at(-1);
  if (last === undefined) return [{ at: array.getEnd() - 1, text: identifier }];
  const [comma, end] = elements.hasTrailingComma ? ['', elements.end] : [',', last.getEnd()];
  const closing = elements.hasTrailingComma ? ',' : '';
  const [, indent] = /\n([ \t]*)$/.exec(text.slice(0, last.getStart())) ?? [];
  const lineEnd = text.indexOf('\n', end);
  const separator = { at: last.getEnd(), text: comma };
  return indent === undefined || lineEnd > array.getEnd()
    ? [separator, { at: end, text: ` ${identifier}${closing}` }]
    : [separator, { at: lineEnd, text: `\n${indent}${identifier}${closing}` }];
}
