// The list as the TypeScript compiler sees it.

import { dirname, relative } from 'node:path';
import * as ts from 'typescript';
import type { CheckFinding } from './finding';

/** Errors in the given files and in what they import, with the options of the project's tsconfig.json. */
export function typeErrors(root: string, files: readonly string[]): readonly CheckFinding[] {
  const config = configOf(root);
  const program = ts.createProgram([...files], { ...config.options, ...ONCE });
  const found = [
    ...config.errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program
      .getSourceFiles()
      .filter((source) => belongsTo(root, source.fileName))
      .flatMap((source) => [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ]),
  ];
  return ts.sortAndDeduplicateDiagnostics(found).map((diagnostic) => findingOf(root, diagnostic));
}

/** Nothing is written, and the declarations of libraries are theirs to check. */
const ONCE: ts.CompilerOptions = {
  noEmit: true,
  incremental: false,
  composite: false,
  skipLibCheck: true,
};

/** A library's sources are its own; in a clone of Stalk, so are Stalk's. */
const belongsTo = (root: string, file: string): boolean => {
  const path = relative(root, file);
  return !path.startsWith('..') && !path.includes('node_modules') && !path.startsWith('lib/');
};

function configOf(root: string): { options: ts.CompilerOptions; errors: readonly ts.Diagnostic[] } {
  const file = ts.findConfigFile(root, (name) => ts.sys.fileExists(name));
  if (file === undefined) return { options: { strict: true }, errors: [] };
  const read: { readonly config?: unknown; readonly error?: ts.Diagnostic } = ts.readConfigFile(
    file,
    (name) => ts.sys.readFile(name),
  );
  if (read.error) return { options: {}, errors: [read.error] };
  // The files that it lists are not looked for: a project may hold more than its list
  const host = { ...ts.sys, readDirectory: () => [] };
  const { options } = ts.parseJsonConfigFileContent(read.config, host, dirname(file));
  return { options, errors: [] };
}

function findingOf(root: string, diagnostic: ts.Diagnostic): CheckFinding {
  const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').trim();
  const { file, start } = diagnostic;
  if (file === undefined || start === undefined) return { message };
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return { message, file: relative(root, file.fileName), line: line + 1, column: character + 1 };
}
