// The form of what a health request says of itself: its host and its headers.

import { isRecord } from '../../kube/json';
import { passing, proposing, textOf } from './kind';
import { someText, text } from './kinds';
import { all, each } from './shapes';

export const hostName = proposing(
  text(/^(\*|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d+)?)$/, {
    wanted: 'be a host name, or "*" where the app answers to any',
    fix: 'write it like "acme.example.com"',
  }),
  (value) =>
    textOf(value)
      .replace(/^https?:\/\//, '')
      .replace(/^\*?\.|\/.*$/g, ''),
);

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const header = text(/^[\w!#$%&'*+.^`|~-]+$/, {
  wanted: 'be the name of a header',
  fix: 'write it like "X-Real-Ip"',
});

/** Twice the same header is one too many. */
const hostsApart = passing<Readonly<Record<string, string>>>(
  (value) => !isRecord(value) || !Object.keys(value).some((name) => name.toLowerCase() === 'host'),
  { wanted: 'leave Host alone', fix: 'write it as host, beside headers' },
);

export const headers = all(each(header, someText), hostsApart);
