/** A small disk with ext4 in the place of a volume, which goes read-only as it does after an error, and is repaired. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isOnPath } from '../redis-server';

export interface Disk {
  /** ext4 sees an error and takes no more writes; what was not yet on the disk is lost to it. */
  readonly fails: () => void;
  /** By those who run the storage: unmounted, checked, mounted again. Nobody may use it meanwhile. */
  readonly repaired: () => void;
  readonly remove: () => void;
}

const BLOCKS = '64M';

export const hasDisks =
  process.getuid?.() === 0 &&
  existsSync('/dev/loop-control') &&
  existsSync('/sys/fs/ext4/features') &&
  ['mkfs.ext4', 'e2fsck', 'losetup'].every(isOnPath);

function run(good: readonly number[], program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (!good.includes(status ?? -1)) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout.trim();
}

export function diskAt(folder: string): Disk {
  const place = mkdtempSync(join(tmpdir(), 'disk-'));
  const image = join(place, 'image');
  run([0], 'truncate', '-s', BLOCKS, image);
  run([0], 'mkfs.ext4', '-q', '-F', image);
  const device = run([0], 'losetup', '--find', '--show', image);
  const mount = (): string => run([0], 'mount', '-o', 'errors=remount-ro', device, folder);
  mount();
  return {
    fails: () => writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, '1'),
    repaired: () => {
      run([0], 'umount', folder);
      run([0, 1], 'e2fsck', '-p', device); // 1: errors were corrected
      mount();
    },
    remove: () => {
      spawnSync('umount', [folder]);
      run([0], 'losetup', '--detach', device);
      rmSync(place, { recursive: true });
    },
  };
}
