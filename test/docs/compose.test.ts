// The table of docs/compose.md: the services of its example.

import { acme } from '../../docs/examples/compose';
import { dev } from '../../docs/examples/environment';
import { composed } from '../compose/project';
import { onPage, table } from './rendered';

test('docs/compose.md shows the services of its example', () => {
  const { project } = composed([acme], { environment: dev });
  const rows = [...project.services].map(([name, { command, depends_on }]) => {
    const after = Object.entries(depends_on ?? {}).map(([other, { condition }]) =>
      condition === 'service_healthy' ? `${other} is healthy` : `${other} has ended well`,
    );
    return [`\`${name}\``, `\`${command?.[0] ?? ''}\``, after.join(', ')];
  });

  const rendered = table([['service', 'runs', 'starts when'], ...rows]);

  expect(onPage('compose.md', 'services', rendered)).toBe(rendered);
});

test('what it says is to be filled in, is', () => {
  const { project } = composed([acme], { environment: dev });

  expect(project.values.filter(({ made }) => made === 'yours').map(({ name }) => name)).toEqual([
    'SHOP_SECRETS_DATABASE_URL',
  ]);
});
