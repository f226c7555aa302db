// Numbers of docs/costs.md are those of rendered pods.

import { costsTable, monitoringTable, roomTable } from './costs';
import { onPage } from './rendered';

test('costs.md tells what the example tenants ask of a cluster', () => {
  const rendered = costsTable();

  expect(onPage('costs.md', 'tenants', rendered)).toBe(rendered);
});

test('costs.md tells how many tasks a broker of each size holds', () => {
  const rendered = roomTable();

  expect(onPage('costs.md', 'room', rendered)).toBe(rendered);
});

test('costs.md tells what monitoring adds', () => {
  const rendered = monitoringTable();

  expect(onPage('costs.md', 'monitoring', rendered)).toBe(rendered);
});
