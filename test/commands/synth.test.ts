// `stalk synth` in a process of its own: another place, time zone and language, a broken list, what it loads.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeGitOps } from '../../lib';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { plain, tenantOf } from '../support/synth';
import { changed, readTree, scratch } from '../support/tree';

const tempFolder = scratch();

/** A synth of its own starts a new Node; on a busy machine that takes a while. */
const SPAWN = 60_000;

describe('the same input', () => {
  test(
    'gives the same bytes in another place, time zone and language, through the project’s own command',
    () => {
      const expected = join(tempFolder(), 'dist');
      writeGitOps(platforms({ environments, tenants }), expected);
      const folder = join(tempFolder(), 'dist');
      const root = resolve(__dirname, '../..');
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(root, 'scripts/stalk.cjs'), 'synth', '--from', join(root, 'test/reference/index.ts')],
        {
          cwd: tempFolder(),
          encoding: 'utf8',
          env: {
            PATH: process.env['PATH'],
            TZ: 'Pacific/Kiritimati',
            LANG: 'tr_TR.UTF-8',
            LC_ALL: 'tr_TR.UTF-8',
            CDK8S_OUTDIR: folder,
          },
        },
      );

      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(changed(readTree(expected), readTree(folder))).toEqual([]);
    },
    SPAWN,
  );
});

describe('when a leaf cannot be written', () => {
  test(
    'fails when the project’s own command meets a broken tenant, and leaves the old tree alone',
    () => {
      const parent = tempFolder();
      const list = join(parent, 'list.js');
      const root = resolve(__dirname, '../..');
      // The reference list, in which one tenant stands twice
      writeFileSync(
        list,
        `const { environments, tenants } = require(${JSON.stringify(join(root, 'test/reference'))});
         module.exports = { environments, tenants: [...tenants, tenants[0]] };`,
      );
      const folder = join(parent, 'dist');
      writeGitOps(platforms({ environments: [plain], tenants: [tenantOf()] }), folder);
      const before = readTree(folder);

      const command = [join(root, 'scripts/stalk.cjs'), 'synth', '--from', list, '--out', folder];
      const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });

      expect({ status, stderr }).toEqual({
        status: 2,
        stderr:
          '1 problem in dev, staging, production:\n' +
          '  tenant "paless": name must be of one tenant only, got "paless" again; rename one of the two, or remove it from the list\n',
      });
      expect(changed(before, readTree(folder))).toEqual([]);
      expect(readdirSync(parent).sort()).toEqual(['dist', 'list.js']);
    },
    SPAWN,
  );
});
