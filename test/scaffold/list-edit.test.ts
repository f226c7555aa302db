// A tenant in the text of a list that somebody has written in a way of their own.

import { identifierOf } from '../../lib/scaffold';
import { listWith } from '../../lib/scaffold/list-edit';

const IMPORT = "import { acme } from './acme';";

const edited = (list: string): string | undefined => listWith(list, 'acme', 'acme').text;

test.each([
  ['an empty list', 'export const tenants = [];', `${IMPORT}\n\nexport const tenants = [acme];`],
  [
    'a list on one line',
    'export const tenants = [a, b];',
    `${IMPORT}\n\nexport const tenants = [a, b, acme];`,
  ],
  ['a trailing comma', 'export const tenants = [a,];', `${IMPORT}\n\nexport const tenants = [a, acme,];`],
  [
    'a list on many lines',
    'export const tenants = [\n  a,\n  b,\n];',
    `${IMPORT}\n\nexport const tenants = [\n  a,\n  b,\n  acme,\n];`,
  ],
  [
    'comments beside entries',
    'export const tenants = [\n\ta, // first\n\tb // [last]\n];',
    `${IMPORT}\n\nexport const tenants = [\n\ta, // first\n\tb, // [last]\n\tacme\n];`,
  ],
  [
    'entries that are expressions',
    'export const tenants = [...many([1, 2]), { name: "a" }];',
    `${IMPORT}\n\nexport const tenants = [...many([1, 2]), { name: "a" }, acme];`,
  ],
  [
    'a type behind it',
    'export const tenants = [a] as const satisfies readonly Tenant[];',
    `${IMPORT}\n\nexport const tenants = [a, acme] as const satisfies readonly Tenant[];`,
  ],
  [
    'imports before it',
    "// ours\nimport { a } from './a'; // the first\n\nexport const tenants: Tenant[] = [a];",
    `// ours\nimport { a } from './a';\n${IMPORT} // the first\n\nexport const tenants: Tenant[] = [a, acme];`,
  ],
])('takes %s', (_what, list, expected) => {
  expect(edited(list)).toBe(expected);
});

test.each([['export const tenants = load();'], ['export { tenants } from "./all";'], ['']])(
  'leaves %j to a person',
  (list) => {
    expect(edited(list)).toBeUndefined();
  },
);

test('takes the contract from where the list takes it', () => {
  expect(listWith("import type { Tenant } from '../lib';", 'a', 'a').from).toBe('../lib');
  expect(listWith('', 'a', 'a').from).toBe('@stalk/stalk');
});

test.each([
  ['acme', 'acme'],
  ['jewelry-shop', 'jewelryShop'],
  ['a-1b', 'a1b'],
  ['001', 'tenant001'],
  ['new', 'tenantNew'],
  ['tenants', 'tenantTenants'],
])('the tenant %s is the variable %s', (name, identifier) => {
  expect(identifierOf(name)).toBe(identifier);
});
