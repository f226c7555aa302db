/** Input for the emitter's tests: what manifests usually say, and seeded nonsense, the same on every run. */

const words = (line: string): readonly string[] => line.split(' ');

/** Strings of real manifests. Stock YAML spells these correctly, so the emitter must agree to the byte. */
export const USUAL_STRINGS: readonly string[] = [
  ...words('apps/v1 ClusterIP celery@%h shop.celery:app host:5000/a/b:1.2.3-alpine postgres@sha256:0f1e2d'),
  ...words('https://example.com/a?b=c&d=%20#top redis://:$(PASSWORD)@redis:6379/0 250m 512Mi 1.5Gi 100%'),
  ...words('10s 1h30m 25 0.5 6379 0644 1e3 0x1F 1_000 true False yes NO on Off y N null ~ .inf .NaN'),
  ...words('12:30:45 80:80 2001-01-01 2001-12-14T21:59:43Z @daily 10.0.0.0/8 ::1 fe80::1/64 --level=INFO'),
  ...words('-c - ? : ! % &anchor *alias #comment | > `id` @ a:b a#b ends: [] {} $(NAME) ${NAME:-x} =~ (a|b)'),
  ...[
    '',
    ' leading',
    'trailing ',
    'a: b',
    'a #b',
    "it's",
    'say "hi"',
    `it's "both"`,
    'é 漢 😀',
    '{"a": [1]}',
  ],
  ...['*/5 * * * *', '0 3 * * 1-5', '{{ .Values.x }}', 'C:\\dir', 'back\\slash "q"', 'a in (b, c),!d'],
  ...['sum(rate(http_requests_total{code=~"5.."}[5m])) > 0.05', 'tenant:a:*', 'tenant:a:celery\u0006\u00163'],
  'user on #abc resetkeys ~tenant:a:* resetchannels &tenant:a:* -@all +ping +script|load',
];

/** Files of real ConfigMaps: several lines, blank ones, indented ones, tabs inside, each kind of ending. */
export const USUAL_FILES: readonly string[] = [
  '#!/bin/sh\nset -eu\nif [ -f /data/x ]; then\n  exec redis-server /etc/redis.conf\nfi\n',
  'maxmemory 200mb\n\n# comment: here\nsave ""\nrename-command FLUSHALL ""',
  '{\n  "a": 1,\n  "b": [true, null]\n}\n',
  'all:\n\tgo build ./...\n\n\n',
  '  first line indented\nsecond not\n',
  '\nstarts with an empty line\n',
  'spaces at the end  \nof a line\n',
  '---\nkind: List\n...\n---\n%TAG\n',
];

const CHARACTERS = [
  ...'\t\n\r \x00\x06\x07\x0b\x16\x1b\x1f\x7f\x80\x85\x9f\xa0\u2028\u2029\ufeff\ufffd\ufffe\uffff\ud7ff\ue000é漢😀',
  ...'-?:,[]{}#&*!|>\'"%@`~<=^$()/\\.+_;aAeExXoObBnNyYtTfFzZ0123456789',
];

const FRAGMENTS = [
  ...words('yes no on off y n true false null ~ << = .inf -.INF .nan 0x 0X1F 0b 0B1 0b-1 0o 0o755 0O7 0777'),
  ...words('1_000 15e_2 -_2 1e3 .5 5. e5 E-5 _1 __ +1 -1 12:30:45 1:0 2001-01-01 2001-12-14t21:59:43.10Z'),
  ...words('T00:00:00+01:00 999999999999999999999 10.0.0.1 100m 2Gi ::1 --- ... %YAML key: ${A} "q" !!str'),
  ...words("&a *a |- >- \\n $& 's' foo"),
  ...['2001-1-1 1:2:3', '\n', '\n\n', '\n\t', '\n  ', ' \n', '\t\n', '\r\n', '--- ', '- ', '? ', ': ', ' #'],
  ...['# ', 'a: b', '{{ .V }}', 'bar baz'],
];

const NUMBERS = [0, 1, -1, 80, 1.5, -0.25, 1e21, -1e20, 1e-7, 5e-324, 2 ** 53, Number.MAX_VALUE];

/** Linear congruential generator: `below(n)` gives the next number from 0 to n - 1. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Mappings nested up to four deep, nasty in keys and values. */
export function nonsense(documents: number, seed: number): readonly Readonly<Record<string, unknown>>[] {
  const below = dice(seed);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  const text = (): string => {
    const parts = Array.from({ length: below(5) }, () => pick(below(2) === 0 ? CHARACTERS : FRAGMENTS));
    const long = below(300) === 0 ? 'x y'.repeat(300 + below(100)) : '';
    return parts.join('') + long;
  };
  const value = (depth: number): unknown => {
    const kind = below(depth < 4 ? 12 : 8);
    if (kind < 6) return text();
    if (kind === 6) return pick(NUMBERS);
    if (kind === 7) return below(2) === 0;
    return kind < 10 ? Array.from({ length: below(4) }, () => value(depth + 1)) : fields(below(4), depth + 1);
  };
  const fields = (count: number, depth: number): Readonly<Record<string, unknown>> =>
    Object.fromEntries(Array.from({ length: count }, () => [text(), value(depth)]));
  return Array.from({ length: documents }, () => fields(6, 0));
}

/** A Deployment and its ConfigMap, with one string in each place where a manifest can hold one. */
export function usualManifest(text: string, i: number): unknown {
  const labels = { 'app.kubernetes.io/name': `worker-${i}`, 'app.kubernetes.io/part-of': 'stalk' };
  const container = {
    name: 'worker',
    image: `registry.example.com/acme/shop:1.${i}`,
    command: ['/bin/sh', '-c', text],
    env: [
      { name: 'VALUE', value: text },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { memory: '512Mi' } },
    securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `worker-${i}`, labels, annotations: { [text.replaceAll('\n', ' ')]: text } },
    spec: {
      replicas: i,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [container], volumes: [{ name: 'tmp', emptyDir: {} }] },
      },
    },
    data: { 'file.txt': text, nested: [[text], { [`key-${i}`]: [text] }] },
  };
}
