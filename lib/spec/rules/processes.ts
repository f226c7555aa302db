// Processes of the author's own, and what a pool or a process has of its own of the app.

import { isRecord } from '../../kube/json';
import type { AppPart } from '../app';
import type { ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

/** Number and scaling lie over a process from elsewhere too: an overlay, a default. */
const alone = ({ processes }: ResolvedTenant): readonly Finding[] =>
  processes.flatMap((process) => {
    if ('cron' in process || !process.atMostOne) return [];
    const path = ['processes', process.name];
    return [
      ...unless(process.replicas <= 1, () => ({
        path: [...path, 'replicas'],
        wanted: 'be 1 or 0 where atMostOne says that two of it do harm',
        got: show(process.replicas),
        fix: 'remove one of the two',
      })),
      ...unless(process.scaling === undefined, () => ({
        path: [...path, 'scaling'],
        wanted: 'not be given where atMostOne says that two of it do harm',
        got: show(process.scaling),
        fix: 'remove one of the two',
      })),
    ];
  });

/** `celery -A shop beat`, for a second app: `beat` of the tenant is one by itself. */
const startsBeat = ({ command }: ResolvedTenant['processes'][number]): boolean =>
  command.some((word, index) => /(^|\/)celery$/.test(word) && command.slice(index + 1).includes('beat'));

const oneBeat = ({ processes }: ResolvedTenant): readonly Finding[] =>
  processes.flatMap((process) =>
    unless('cron' in process || process.atMostOne || !startsBeat(process), () => ({
      path: ['processes', process.name, 'command'],
      wanted: 'come with atMostOne: true where it starts beat: two of it send every task twice',
      got: show(process.command),
      fix: 'add atMostOne: true, or use beat of the tenant, which has a schedule that stays and probes',
    })),
  );

/** Of a process that nobody looks at there is nothing to time. */
const timesSomething = ({ processes }: ResolvedTenant, asked: Tenant): readonly Finding[] =>
  processes.flatMap(({ name }) => {
    const { port, health, probes } = asked.processes?.[name] ?? {};
    if (port !== undefined) return [];
    const path = ['processes', name, 'probes'];
    return [
      ...unless(probes === undefined || health !== undefined, () => ({
        path,
        wanted:
          'come with health, a program that ends well while this one works: without a port there is nothing to look at',
        got: show(probes),
        fix: 'add health, or remove probes',
      })),
      ...unless(probes?.readiness === undefined || health === undefined, () => ({
        path: [...path, 'readiness'],
        wanted:
          'not be given without a port: nobody sends this process work, so it is ready when it has started',
        got: show(probes?.readiness),
        fix: 'remove it, or time startup and liveness',
      })),
    ];
  });

/** What pools and processes have of their own of the app, as it is typed, whether its form is right or not. */
export const appPartsOf = ({ workers, processes }: Tenant): readonly (readonly [Path, AppPart])[] =>
  Object.entries({ workers, processes }).flatMap(([top, all]) =>
    Object.entries(isRecord(all) ? all : {}).flatMap(([name, one]) =>
      isRecord(one) && isRecord(one.app) ? [[[top, name, 'app'], one.app] as const] : [],
    ),
  );

const settingsOfDjango = ({ app: { dialect } }: ResolvedTenant, asked: Tenant): readonly Finding[] =>
  appPartsOf(asked).flatMap(([path, { djangoSettings }]) =>
    unless(djangoSettings === undefined || dialect === 'django', () => ({
      path: [...path, 'djangoSettings'],
      wanted: `not be given in the dialect ${show(dialect)}`,
      got: show(djangoSettings),
      fix: "remove it, or set app.dialect to 'django'",
    })),
  );

export const processRules: readonly Rule[] = [
  { what: 'what must not run twice is one', of: alone },
  { what: 'beat in a process is one', of: oneBeat },
  { what: 'probes of a process have something to look at', of: timesSomething },
  { what: 'only Django has a settings module', of: settingsOfDjango },
];
