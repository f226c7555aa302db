// The table of docs/clients.md is what the live suite tries (`test/live/clients.test.ts`).

import { docsTable } from './clients';
import { onPage } from './rendered';

test('clients.md tells which library works on which Redis', () => {
  const rendered = docsTable();

  expect(onPage('clients.md', 'clients', rendered)).toBe(rendered);
});
