// The tripwire: production as it is written, so that nobody changes a tenant without seeing it. Laws are the judges.

import { join } from 'node:path';
import { writeGitOps } from '../lib';
import { platforms } from '../lib/platform';
import { environments } from './reference/environments';
import { tenants } from './reference/tenants';
import { readTree, removeFolders, tempFolder } from './support/tree';

afterAll(removeFolders);

const folder = join(tempFolder(), 'dist');
writeGitOps(
  platforms({ environments, tenants }).filter(({ environment }) => environment.name === 'production'),
  folder,
);
const tree = readTree(folder);

/** Programs: the same in every tenant, and judged by tests of their own. */
const PROGRAMS = /configmap-(stalk-loader|redis-scripts|cache-scripts)\.yaml$/;

test.each(tenants.map(({ name }) => name))('%s in production is written like this', (name) => {
  const own = [...tree].filter(
    ([file]) => file.startsWith(`production/tenants/${name}/`) && !PROGRAMS.test(file),
  );

  expect(own.map(([file, text]) => `# ${file}\n${text}`).join('---\n')).toMatchSnapshot();
});
