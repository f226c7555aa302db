// A tenant that changes its broker: a move that begins, is taken back or ends, and a broker that it leaves without one.

import { brokerNamespace } from '../kube';
import { isRecord, parsedJson } from '../kube/json';
import type { Manifest } from '../output/manifest';
import { OLD_SETTINGS_FILE, SETTINGS_FILE } from '../plan/celery/settings';
import { consequence, keyOf } from './consequence';
import { gathered, shortFolder } from './group';
import { FOLDER } from './model';
import type { Change, Consequence, SubjectRef } from './model';

/** Where a tenant is by its settings, and from where it moves: as people call them. */
interface Place {
  readonly at?: string;
  readonly from?: string;
}

interface Move {
  readonly subject: SubjectRef;
  readonly tenant: string;
  readonly before: Place;
  readonly after: Place;
}

/** One tenant at a time: what its programs are told of their brokers lies in two ConfigMaps of its folder. */
export function brokerChanges(changes: readonly Change[]): readonly Consequence[] {
  const told = changes.filter(
    ({ kind, name }) =>
      kind === 'ConfigMap' && [SETTINGS_FILE.config, OLD_SETTINGS_FILE.config].some((one) => one === name),
  );
  return [...gathered(told.map((change) => [keyOf(change), change])).values()].flatMap((found) => {
    const [first] = found;
    if (first === undefined) return [];
    const { environment, folder } = first;
    const move: Move = {
      subject: { environment, folder, kind: FOLDER, name: folder },
      tenant: shortFolder(folder),
      before: placeIn(found, 'before'),
      after: placeIn(found, 'after'),
    };
    return move.after.at === undefined ? [] : [...begins(move), ...leaves(move)];
  });
}

function placeIn(changes: readonly Change[], side: 'before' | 'after'): Place {
  const [settings, moving] = [SETTINGS_FILE.config, OLD_SETTINGS_FILE.config].map((wanted) =>
    changes.find(({ name }) => name === wanted),
  );
  // Settings that are the same on both sides are no change: what drains the old side knows the new one as well
  const either = moving?.after ? moving.after : moving?.before;
  const at = settings
    ? brokerOf(jsonIn(settings[side], SETTINGS_FILE.key))
    : brokerOf(valueIn(jsonIn(either, 'told-to-old.json'), 'settings'));
  const from = brokerOf(jsonIn(moving?.[side], OLD_SETTINGS_FILE.key));
  return { ...(at !== undefined && { at }), ...(from !== undefined && { from }) };
}

function jsonIn(manifest: Manifest | undefined, key: string): unknown {
  const text = valueIn(manifest?.data, key);
  return typeof text === 'string' ? parsedJson(text) : undefined;
}

const valueIn = (node: unknown, key: string): unknown => (isRecord(node) ? node[key] : undefined);

const OWN = 'its own Redis';

/** By its address: a shared one by its name, one in the tenant's namespace, or the host of somebody else. */
function brokerOf(settings: unknown): string | undefined {
  const url = valueIn(settings, 'broker_url');
  if (typeof url !== 'string') return undefined;
  const host = /^\w+:\/\/(?:[^@/]*@)?([^:/;]+)/.exec(url)?.[1];
  if (host === undefined) return undefined;
  const [, namespace] = /\.([^.]+)\.svc(?:\.|$)/.exec(host) ?? [];
  const start = brokerNamespace('');
  if (namespace?.startsWith(start)) return namespace.slice(start.length);
  return host.includes('.') && !host.includes('-headless.') ? host : OWN;
}

function begins({ subject, tenant, before, after }: Move): readonly Consequence[] {
  const { at, from } = after;
  if (at === undefined || from === undefined || (before.from === from && before.at === at)) return [];
  const isBack = before.from === at && before.at === from;
  const what = isBack ? `the move of ${tenant} is taken back` : `${tenant} begins to move`;
  return [
    consequence(
      'broker',
      subject,
      [{ what, before: from, after: at }],
      [
        `its pods restart and use ${at}; draining workers go on with what ${from} has`,
        'see that its Secrets are there, where Stalk does not make them: until then its new pods wait (docs/move.md)',
        `leave movingFrom until nothing is left on ${from}: npx stalk move ${tenant} says so`,
      ],
    ),
  ];
}

/** Nobody looks any more at what is left there. */
function leaves({ subject, tenant, before, after }: Move): readonly Consequence[] {
  const stays = (one: string | undefined): boolean =>
    one === undefined || one === after.at || one === after.from;
  const ends = stays(before.from)
    ? []
    : [
        consequence(
          'broker',
          subject,
          [{ what: `the move of ${tenant} from ${before.from} ends` }],
          [
            `its users there and what drained it go, and a Redis of its own: what is still there is lost, so that npx stalk move ${tenant} has to say before that nothing is left`,
            'its pods restart once, without the old side',
          ],
        ),
      ];
  if (stays(before.at)) return ends;
  const way =
    before.from === undefined
      ? 'write the old broker into movingFrom of the new one: then workers drain it first (docs/move.md)'
      : 'to take a move back, write the two the other way round: what is in broker into movingFrom (docs/move.md)';
  return [
    ...ends,
    consequence(
      'data-loss',
      subject,
      [{ what: `${tenant} leaves ${before.at} with all that waits there` }],
      [way],
    ),
  ];
}
