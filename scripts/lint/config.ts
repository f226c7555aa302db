/** The laws of the house as ESLint configuration, apart from the type-aware rules so that a test can run them. */
import { relative, sep } from 'node:path';
import type { Linter, Rule } from 'eslint';
import { refusal } from './floors';

/** Tells the author of an import which floor it breaks, whatever form the import has. */
const floors: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { refused: '{{ reason }}' } },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const check = (node: Rule.Node, source: unknown, typeOnly: boolean): void => {
      const value = (source as { readonly value?: unknown } | null | undefined)?.value;
      if (typeof value !== 'string') return;
      const reason = refusal({ file, source: value, typeOnly });
      if (reason !== undefined) context.report({ node, messageId: 'refused', data: { reason } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ExportNamedDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ExportAllDeclaration: (node) => check(node, node.source, isTypeOnly(node)),
      ImportExpression: (node) => check(node, node.source, false),
      CallExpression: (node) => check(node, requiredBy(node), false),
      TSImportType: (node: Rule.Node & { source: object }) => check(node, node.source, true),
      TSExternalModuleReference: (node: Rule.Node & { expression: object }) =>
        check(node, node.expression, false),
    };
  },
};

/** `import type { A }`, `export type { A }` and `import { type A }` leave nothing behind at run time. */
function isTypeOnly(node: object): boolean {
  const { importKind, exportKind, specifiers } = node as {
    readonly importKind?: string;
    readonly exportKind?: string;
    readonly specifiers?: readonly object[];
  };
  if (importKind === 'type' || exportKind === 'type') return true;
  return specifiers !== undefined && specifiers.length > 0 && specifiers.every(isTypeSpecifier);
}

function isTypeSpecifier(specifier: object): boolean {
  const { importKind, exportKind } = specifier as {
    readonly importKind?: string;
    readonly exportKind?: string;
  };
  return importKind === 'type' || exportKind === 'type';
}

function requiredBy(call: { readonly callee: object; readonly arguments: readonly unknown[] }): unknown {
  return (call.callee as { readonly name?: string }).name === 'require' ? call.arguments[0] : undefined;
}

const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'export by name: one thing has one name everywhere',
};

const DEFAULTS_LIVE_IN_SPEC =
  'defaults live in lib/spec, in the tables of props: constructs take resolved values';

/** `a ?? b`, `a ??= b`, `a ||= b`, and `a || b` where b is a value; `||` between conditions is free. */
const NO_DEFAULTS = [
  'LogicalExpression[operator="??"]',
  'AssignmentExpression[operator="??="]',
  'AssignmentExpression[operator="||="]',
  'LogicalExpression[operator="||"] > :matches(TemplateLiteral, ObjectExpression, ArrayExpression).right',
  'LogicalExpression[operator="||"] > Literal.right:not([raw="true"]):not([raw="false"])',
].map((selector) => ({ selector, message: DEFAULTS_LIVE_IN_SPEC }));

const NO_ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message:
    'process.env belongs to lib/output and stacks: the same spec gives the same bytes on every machine',
};

export const houseRules: readonly Linter.Config[] = [
  {
    name: 'stalk/floors',
    files: ['**/*.ts'],
    plugins: { stalk: { rules: { floors } } },
    rules: {
      'stalk/floors': 'error',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT],
    },
  },
  {
    name: 'stalk/defaults-in-spec',
    files: ['lib/**/*.ts'],
    // spec holds them; the others read what a cluster, a command line, a stack's settings or a patch left, which has holes
    ignores: [
      'lib/spec/**',
      'lib/{laws,cluster,verify,loadtest,status,scaffold,diff,adopt,backups,cli}/**',
      'lib/report/markdown.ts',
      'lib/output/pulumi/stack-config.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, ...NO_DEFAULTS] },
  },
  {
    name: 'stalk/no-environment',
    files: ['lib/**/*.ts', 'tenants/**/*.ts', 'cli/**/*.ts'],
    // Where kubectl finds its cluster is no part of what is rendered
    ignores: ['lib/output/**', 'lib/cluster/kubeconfig.ts'],
    rules: { 'no-restricted-properties': ['error', NO_ENVIRONMENT] },
  },
  {
    name: 'stalk/size',
    files: ['{lib,stacks,tenants,cli,scripts,bench}/**/*.ts'],
    rules: { complexity: ['error', 10], 'max-depth': ['error', 3], 'max-params': ['error', 4] },
  },
  {
    name: 'stalk/one-idea-a-file',
    files: ['lib/**/*.ts'],
    rules: { 'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }] },
  },
];
