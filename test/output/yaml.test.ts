import { runInNewContext } from 'node:vm';
import { parse, stringify } from 'yaml';
import { toYaml } from '../../lib/output/yaml';
import { nonsense, USUAL_FILES, USUAL_STRINGS, usualManifest } from './yaml-samples';

/** cdk8s' own settings, without anchors and without folded double quotes. */
const stock = (value: unknown): string =>
  stringify(value, {
    version: '1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  });

const readBack = (text: string): readonly string[] =>
  (['1.1', '1.2'] as const).map((version) => JSON.stringify(parse(text, { version })));

const message = (manifest: unknown): string => {
  try {
    return `no error, but ${toYaml(manifest)}`;
  } catch (error) {
    return (error as Error).message;
  }
};

/** Go, YAML 1.1 or YAML 1.2 reads each of these as something else unless it stands in double quotes. */
const MISREAD: readonly string[] = [
  '~ null NULL y Y n yes No ON off True FALSE << = 0 -1 +1 0777 0o755 0O7 -0o7 0x1F 0X1f 0b1 0B1 0b-1',
  '0b_ 1_000 -_2 15e_2 1e3 e5 E-5 .5 5. . -. 0. .inf -.INF .NaN 999999999999999999999 12:30:45 1:0.5',
  '2001-01-01 2001-12-14t21:59:43.10Z 2001-12-14T21:59:43,5+01:00 a: - ? : --- ---a ... %a @a `a !a',
  '&a *a | |- > {a} [a] } ,',
].flatMap((line) => line.split(' '));

/** Left the string, right its spelling as the value of `k`. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['', '""'],
  ['2001-1-1 1:2:3', '"2001-1-1 1:2:3"'],
  [' a', '" a"'],
  ['a ', '"a "'],
  ['a: b', '"a: b"'],
  ['a #b', '"a #b"'],
  ['# a', '"# a"'],
  ['- a', '"- a"'],
  ['? a', '"? a"'],
  [': a', '": a"'],
  ['... a', '"... a"'],
  ["'a'", `"'a'"`],
  ['"a"', `'"a"'`],
  ['a"b', 'a"b'],
  [`"it's"`, `"\\"it's\\""`],
  ['\\"', '\\"'],
  ['\ta', '"\\ta"'],
  ['a\tb', '"a\\tb"'],
  ['a\t', '"a\\t"'],
  ['\r', '"\\r"'],
  ['a\r\nb', '"a\\r\\nb"'],
  ['\x00', '"\\x00"'],
  ['\x06\x163', '"\\x06\\x163"'],
  ['\x1b[0m', '"\\x1b[0m"'],
  ['\x7f', '"\\x7f"'],
  ['\x85', '"\\x85"'],
  ['\x9f', '"\\x9f"'],
  ['\u2028', '"\\u2028"'],
  ['a\u2029b', '"a\\u2029b"'],
  ['\ufeffa', '"\\ufeffa"'],
  ['\ufffe', '"\\ufffe"'],
  ['\uffff', '"\\uffff"'],
  ['a\n', '|\n  a'],
  ['a\nb', '|-\n  a\n  b'],
  ['a\n\n', '|+\n  a\n'],
  ['\n', '"\\n"'],
  ['\n\n', '"\\n\\n"'],
  ['\na', '|-\n  \n  a'],
  [' a\nb', '|2-\n   a\n  b'],
  ['\n  a\n', '|2\n  \n    a'],
  ['a\n b\n', '|\n  a\n   b'],
  ['a  \nb', '|-\n  a  \n  b'],
  ['a\n\tb\n', '|\n  a\n  \tb'],
  ['\ta\nb', '"\\ta\\nb"'],
  ['\n\ta\n', '"\\n\\ta\\n"'],
  [' \n', '" \\n"'],
  ['a\n  ', '"a\\n  "'],
  ['a\n \n', '"a\\n \\n"'],
  ['a\t\n', '|\n  a\t'],
  ['a\x07\nb', '"a\\x07\\nb"'],
  ['a\u2028\nb', '"a\\u2028\\nb"'],
  ['---\na: b\n', '|\n  ---\n  a: b'],
  ['# a\nb', '|-\n  # a\n  b'],
];

const notData = (got: string): string =>
  `must be plain data, got ${got}; write a string, number, boolean, object or array`;

/** Left what the error says about `spec.a`, right its value. */
const REFUSED: readonly (readonly [string, unknown])[] = [
  ['must be a value, got undefined; leave the key out', undefined],
  ['must be a value, got null; leave the key out', null],
  ['must be a finite number, got NaN; write a finite one', NaN],
  ['must be a finite number, got -Infinity; write a finite one', -Infinity],
  [notData('a bigint'), 5n],
  [notData('a symbol'), Symbol('s')],
  [notData('a function'), () => 1],
  [notData('an instance of Date'), new Date(0)],
  [notData('an instance of Map'), new Map()],
  ['must be Unicode text, got half a surrogate pair; replace that character', '\ud800'],
  ['must be Unicode text, got half a surrogate pair; replace that character', 'a\n\udfff'],
];

describe('scalars', () => {
  test.each(MISREAD)('%j is quoted as a value and as a key', (text) => {
    expect(toYaml([text, { [text]: text }])).toBe(`- "${text}"\n- "${text}": "${text}"\n`);
  });

  test.each(SPELLINGS)('%j is spelled %j', (text, spelling) => {
    expect(toYaml({ k: text })).toBe(`k: ${spelling}\n`);
  });

  test.each([...MISREAD, ...SPELLINGS.map(([text]) => text)])(
    '%j comes back from both YAML versions',
    (text) => {
      const value = { k: text, l: [text, [text]], m: { [text]: text }, end: 1 };

      const read = readBack(toYaml(value));

      expect(read).toEqual([JSON.stringify(value), JSON.stringify(value)]);
    },
  );

  test('numbers and booleans stand as JSON writes them', () => {
    expect(toYaml([0, -0, 1.5, -3, 1e21, 1e-7, true, false])).toBe(
      '- 0\n- -0\n- 1.5\n- -3\n- 1e+21\n- 1e-7\n- true\n- false\n',
    );
  });

  test('a key of several lines stays on one line', () => {
    expect(toYaml({ 'a\nb': 1 })).toBe('"a\\nb": 1\n');
  });

  test('a key too long for a YAML reader to find its colon is announced', () => {
    const key = 'k'.repeat(1001);

    expect(toYaml({ a: { [key]: { b: 1 } } })).toBe(`a:\n  ? ${key}\n  :\n    b: 1\n`);
  });

  test('a string alone is a document of one line', () => {
    expect(toYaml('--- a\nb')).toBe('"--- a\\nb"\n');
  });
});

describe('structure', () => {
  test('sequences are indented below their key and share a line with their first entry', () => {
    const manifest = { a: [{ b: 1, c: ['u', ['v', 'w']] }, [], {}], d: {}, e: { f: [] } };

    expect(toYaml(manifest)).toBe(
      'a:\n  - b: 1\n    c:\n      - u\n      - - v\n        - w\n  - []\n  - {}\nd: {}\ne:\n  f: []\n',
    );
  });

  test('an object used twice is written out twice', () => {
    const labels = { app: 'a' };

    expect(toYaml({ u: labels, v: [labels] })).toBe('u:\n  app: a\nv:\n  - app: a\n');
  });

  test('objects without a prototype and of another realm are plain', () => {
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });

    expect(toYaml([bare, runInNewContext('({ b: [2] })')])).toBe('- a: 1\n- b:\n    - 2\n');
  });

  test('usual strings and files are written as the yaml package writes them', () => {
    const manifests = [...USUAL_STRINGS, ...USUAL_FILES].map((text, i) => usualManifest(text, i));

    expect(manifests.map(toYaml)).toEqual(manifests.map(stock));
  });

  test('nonsense comes back from both YAML versions', () => {
    const values = nonsense(600, 1);
    const json = values.map((value) => JSON.stringify(value));

    const read = values.map((value) => readBack(toYaml(value)));

    expect(read).toEqual(json.map((text) => [text, text]));
  });
});

describe('what is not plain data', () => {
  test.each(REFUSED)('fails: spec.a %s', (reason, value) => {
    expect(message({ spec: { a: value } })).toBe(`spec.a ${reason}`);
  });

  test('fails on an object that contains itself', () => {
    const spec: Record<string, unknown> = { name: 'x' };
    spec['again'] = [{ spec }];

    expect(message({ spec })).toBe(
      'spec.again[0].spec must be a tree, got an object that contains itself; leave the inner one out',
    );
  });

  test('fails on an empty manifest and on a key that is no text', () => {
    expect(message(undefined)).toBe('manifest must be a value, got undefined; leave the key out');
    expect(message({ 'a\ud800': 1 })).toBe(
      '["a\\ud800"] must be Unicode text, got half a surrogate pair; replace that character',
    );
  });

  test('fails once with every bad path, spelled as in code', () => {
    const containers = [{ image: undefined, args: ['-c', null] }];
    const annotations = { 'prometheus.io/port': NaN };

    expect(message({ metadata: { annotations }, spec: { template: { spec: { containers } } } })).toBe(
      [
        'metadata.annotations["prometheus.io/port"] must be a finite number, got NaN; write a finite one',
        'spec.template.spec.containers[0].image must be a value, got undefined; leave the key out',
        'spec.template.spec.containers[0].args[1] must be a value, got null; leave the item out',
      ].join('\n'),
    );
  });
});
