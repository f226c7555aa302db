// CPU, memory, devices and probe timings of a workload.

import { bytes, millicores } from '../../spec/units';
import type { Cpu, Memory } from '../../spec';
import { numberAt, withoutHoles } from '../pick';
import { secondsOfText } from '../read/quantities';
import { guess, lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';

type Quantity = 'cpu' | 'memory';

/** A limit alone is the request too, as in Kubernetes; a request alone needs a limit here. */
export function sayRange({ sheet }: Pick<Writing, 'sheet'>, unit: Unit, path: SheetPath, of: Quantity): void {
  const { request, limit } = unit.program.sizes;
  const [low, high] = [request?.[of], limit?.[of]];
  const source = unitSource(unit);
  if (high !== undefined)
    return say(
      sheet,
      [...path, of],
      low === undefined || low === high ? high : { request: low, limit: high },
      source,
    );
  if (low === undefined) return;
  const value = { request: low, limit: doubled(low, of) };
  guess(sheet, [...path, of], value, `${source} has no limit; this is twice its request`);
}

const doubled = (text: string, of: Quantity): string =>
  of === 'cpu'
    ? `${millicores(text as Cpu) * 2}m`.replace(/000m$/, '')
    : `${(bytes(text as Memory) * 2) / 2 ** 20}Mi`.replace(/^(\d+)\.\d+Mi$/, '$1Mi');

export function sayCompute(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  sayRange(writing, unit, path, 'cpu');
  sayRange(writing, unit, path, 'memory');
  if (Object.keys(unit.program.sizes.devices).length > 0)
    say(sheet, [...path, 'devices'], unit.program.sizes.devices, unitSource(unit));
  if (unit.program.sizes.limit?.memory === undefined && unit.program.sizes.request?.memory === undefined)
    sheet.checks.add(
      `How much memory ${unitSource(unit)} needs: its file names none, and the default of Stalk is its limit (${path.join('.')}.memory).`,
    );
}

/** Times of probes; what they look at is Stalk's. */
export function sayProbes({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const source = unitSource(unit);
  for (const [kind, probe] of Object.entries(unit.program.probes)) {
    const timing = withoutHoles({
      initialDelay: positive(numberAt(probe, 'initialDelaySeconds')),
      period: positive(numberAt(probe, 'periodSeconds')),
      timeout: positive(numberAt(probe, 'timeoutSeconds')),
      failures: numberAt(probe, 'failureThreshold'),
    });
    if (Object.keys(timing).length > 0) say(sheet, [...path, 'probes', kind], timing, source);
  }
}

const positive = (count: number | undefined) =>
  count === undefined || count <= 0 ? undefined : secondsOfText(count);

/** A probe of a worker asks what Stalk asks by other means. */
export function loseProbes({ sheet }: Writing, unit: Unit): void {
  for (const [kind, probe] of Object.entries(unit.program.probes))
    if (probe['exec'] !== undefined || probe['httpGet'] !== undefined || probe['tcpSocket'] !== undefined)
      lose(sheet, unitSource(unit), {
        what: `what its ${kind} probe asks`,
        why: 'probes of workers, beat and Flower look at what Stalk knows (a worker consumes, beat ticks)',
        nearest: 'probes: its times are carried over',
      });
}
