// Adopted tenants through the compiler, as a user's editor would see them.

import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

/** What the compiler says of each text, by its name; `''` where it says nothing. */
export function compiled(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const files = new Map(Object.entries(texts).map(([name, text]) => [join(__dirname, `${name}.ts`), text]));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    types: [],
    baseUrl: ROOT,
    paths: { '@stalk/stalk': ['lib/index.ts'] },
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => files.has(file) || disk.fileExists(file),
    getSourceFile: (file, target) => {
      const text = files.get(file);
      return text === undefined ? disk.getSourceFile(file, target) : ts.createSourceFile(file, text, target);
    },
  };
  const program = ts.createProgram({ rootNames: [...files.keys()], options, host });
  return Object.fromEntries(
    [...files.keys()].map((file, index) => [
      String(Object.keys(texts)[index]),
      program
        .getSemanticDiagnostics(program.getSourceFile(file))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
        .join('\n'),
    ]),
  );
}
