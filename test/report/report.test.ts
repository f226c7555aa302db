import { reportHolds, reportHtml, reportJson, reportMarkdown } from '../../lib/report';
import type { Check, Report } from '../../lib/report';

const AWKWARD = `<script>alert("1")</script> & 'a' | b\`c\` *d* [e](f) \u0006\u0016 ü 漢 🐇`;

const check = (changes: Partial<Check> = {}): Check => ({
  id: 'redis.config',
  subject: 'acme pod/redis-0',
  expected: 'noeviction',
  found: 'noeviction',
  verdict: 'ok',
  seconds: 0.26,
  ...changes,
});

const report = (...checks: readonly Check[]): Report => ({
  title: 'Verification',
  command: 'npx stalk verify --env dev',
  environment: 'dev',
  cluster: 'kind-dev at 10.0.0.1:6443',
  tenants: ['acme', 'globex'],
  started: '2026-01-20T10:00:00.000Z',
  seconds: 61.2,
  sections: [{ id: 'redis', title: 'Redis', checks }],
});

const all = (text: string, form: RegExp): string[] => [...text.matchAll(form)].map(([found]) => found);

describe('a report', () => {
  test('holds when nothing failed', () => {
    expect(reportHolds(report(check(), check({ verdict: 'skipped' })))).toBe(true);
  });

  test('fails when a check failed', () => {
    expect(reportHolds(report(check(), check({ verdict: 'failed' })))).toBe(false);
  });

  test('fails when everything was skipped: it proves nothing', () => {
    expect(reportHolds(report(check({ verdict: 'skipped' })))).toBe(false);
  });
});

describe('what is poor', () => {
  test('is no failure, is counted, and keeps its advice', () => {
    const poor = report(check({ verdict: 'poor', detail: 'lower the rate' }), check());

    expect(reportHolds(poor)).toBe(true);
    expect(reportMarkdown(poor)).toContain('1 ok, 1 poor, 0 failed, 0 skipped');
    expect(reportHtml(poor)).toContain('<span class="badge poor">poor</span>');
    expect(reportHtml(poor)).toContain('lower the rate');
  });
});

describe('a page', () => {
  const many = Array.from({ length: 20 }, () => check());

  test('folds what is well where there is much of it, and never what is not', () => {
    const page = reportHtml(report(...many, check({ verdict: 'failed', found: 'allkeys-lru' })));
    const [before = '', folded = ''] = page.split('<details>');

    expect(folded).toContain('<summary>20 checks hold</summary>');
    expect(before).toContain('allkeys-lru');
    expect(folded).not.toContain('allkeys-lru');
  });

  test('shows the platform before all checks', () => {
    const overview = { title: 'The platform', head: ['part', 'checks'], rows: [['acme', '3 ok']] };
    const page = reportHtml({ ...report(...many), overview });

    expect(page.indexOf('The platform')).toBeGreaterThan(0);
    expect(page.indexOf('The platform')).toBeLessThan(page.indexOf('20 checks hold'));
  });
});

describe('as Markdown, a report', () => {
  test('keeps a row a row, whatever was found', () => {
    const lines = reportMarkdown(report(check({ found: `${AWKWARD}\r\nsecond line` }))).split('\n');

    const row = lines.find((line) => line.includes('redis.config'));

    expect(row).toBe(
      '| ok | redis.config | acme pod/redis-0 | noeviction | \\<script\\>alert("1")\\</script\\> &amp; \'a\' \\| b\\`c\\` ' +
        '\\*d\\* \\[e\\](f) \u0006\u0016 ü 漢 🐇 second line | 0.3 s |',
    );
  });

  test('says first what it comes to, and quotes the details', () => {
    const text = reportMarkdown(report(check({ verdict: 'failed', detail: 'one\ntwo' })));

    expect(text).toContain('**Not all hold**: 0 ok, 1 failed, 0 skipped.');
    expect(text).toContain('| **failed** | redis.config |');
    expect(text).toContain('> one  \n> two  ');
  });

  test('has the figures of a chart, one row for each x', () => {
    const charts = [
      {
        title: 'Memory',
        x: 's',
        y: 'MiB',
        series: [
          {
            name: 'used',
            points: [
              [0, 1],
              [5, 2.5],
            ],
          },
          { name: 'peak', points: [[5, 3]] },
        ],
        bounds: [{ name: 'maxmemory', value: 4 }],
      },
    ] as const;
    const [section] = report(check()).sections;

    const text = reportMarkdown({ ...report(), sections: [{ ...section!, charts }] });

    expect(text).toContain('### Memory (MiB; maxmemory 4)');
    expect(text).toContain('| s | used | peak |\n| --- | --- | --- |\n| 0 | 1 |  |\n| 5 | 2.5 | 3 |');
  });
});

describe('as JSON, a report', () => {
  test('says what it comes to, and every check as it is', () => {
    const parsed: unknown = JSON.parse(
      reportJson(report(check({ found: AWKWARD }), check({ verdict: 'failed' }))),
    );

    expect(parsed).toMatchObject({
      holds: false,
      counts: { ok: 1, failed: 1, skipped: 0 },
      sections: [{ checks: [{ found: AWKWARD }, { verdict: 'failed' }] }],
    });
  });
});

describe('as HTML, a report', () => {
  const page = reportHtml({
    ...report(check({ found: AWKWARD, detail: AWKWARD }), check({ verdict: 'failed' })),
    title: AWKWARD,
    tenants: [AWKWARD],
  });

  test('lets nothing that was found become markup', () => {
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;a&#39;');
    // eslint-disable-next-line no-control-regex -- no HTML may hold them
    expect(page).not.toMatch(/[\u0000-\u0008]/);
    expect(page).toContain('␆␖');
  });

  test('asks nobody for anything', () => {
    expect(page).not.toMatch(/(src|href)="(?!#)|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  test('is a page for a phone, in the dark, on paper and for a screen reader', () => {
    expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page).toContain('@media print');
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<caption>Redis: checks</caption>');
    expect(all(page, /<th role="columnheader" scope="col">/g)).toHaveLength(6);
    expect(all(page, /<td role="cell"/g)).toHaveLength(12);
  });

  test('says a verdict in words, not by its colour alone', () => {
    expect(page).toContain('<span class="badge failed">failed</span>');
    expect(page).toContain('<strong>Not all hold</strong> 1 ok, 1 failed, 0 skipped');
    expect(page).toContain(
      'environment <strong>dev</strong>, cluster <strong>kind-dev at 10.0.0.1:6443</strong>, <time>2026-01-20 10:00 UTC</time>',
    );
  });

  test.each([
    ['dev: 2 failed | Verification', [check({ verdict: 'failed' }), check({ verdict: 'failed' }), check()]],
    ['dev: all hold | Verification', [check()]],
    ['dev: nothing proven | Verification', [check({ verdict: 'skipped' })]],
  ] as const)('has the title %s', (title, checks) => {
    expect(reportHtml(report(...checks))).toContain(`<title>${title}</title>`);
  });

  test('says what failed before anything that is well, with where it was found and what to do', () => {
    const failed = check({
      id: 'redis.aof',
      expected: 'yes',
      found: 'no',
      verdict: 'failed',
      detail: 'do so',
    });

    const text = reportHtml(report(check({ id: 'redis.fine' }), failed));

    const [above, below] = [text.slice(0, text.indexOf('<table')), text.slice(text.indexOf('<table'))];
    expect(above).toContain('<h2 id="_failed">What failed</h2>');
    expect(above).toContain('<dt>Expected</dt><dd>yes</dd>');
    expect(above).toContain('<dt>Found</dt><dd>no</dd>');
    expect(above).toContain('<p class="detail">do so</p>');
    expect(above).toContain('in <a href="#redis">Redis</a>');
    expect(above).not.toContain('redis.fine');
    expect(below).not.toContain('do so');
  });

  test('lists nothing as failed when nothing is', () => {
    expect(reportHtml(report(check(), check({ verdict: 'skipped' })))).not.toContain('What failed');
  });

  test('has in each table what failed first, then what was skipped, else as it ran', () => {
    const verdicts = ['ok', 'skipped', 'failed', 'ok', 'failed'] as const;
    const text = reportHtml(report(...verdicts.map((verdict, i) => check({ id: `n${i}`, verdict }))));

    const ids = all(text.slice(text.indexOf('<table')), /<code>n\d/g);

    expect(ids.map((id) => id.slice(-2))).toEqual(['n2', 'n4', 'n1', 'n0', 'n3']);
  });

  test('leads with each link to one place', () => {
    const ids = all(page, / id="[^"]*"/g).map((id) => id.slice(5, -1));

    expect(new Set(ids).size).toBe(ids.length);
    for (const link of all(page, /href="#[^"]*"/g)) expect(ids).toContain(link.slice(7, -1));
  });

  test('closes what it opens', () => {
    for (const tag of [
      'section',
      'article',
      'footer',
      'ul',
      'p',
      'table',
      'tr',
      'td',
      'div',
      'dl',
      'nav',
      'main',
      'svg',
      'figure',
    ]) {
      expect(all(page, new RegExp(`<${tag}[ >]`, 'g'))).toHaveLength(
        all(page, new RegExp(`</${tag}>`, 'g')).length,
      );
    }
  });

  test('draws a chart whose figures are also said', () => {
    const chart = {
      title: 'Memory <b>',
      x: 'seconds',
      y: 'MiB',
      series: [
        {
          name: 'used',
          points: [
            [0, 1],
            [10, 3],
          ],
        },
      ],
      bounds: [{ name: 'maxmemory', value: 4 }],
    } as const;

    const drawn = reportHtml({
      ...report(),
      sections: [{ id: 'load', title: 'Load', checks: [], charts: [chart] }],
    });

    expect(drawn).toContain('aria-label="Memory &lt;b&gt;, MiB. used: 1 to 3. maxmemory: 4."');
    expect(drawn).toContain('<figcaption>Memory &lt;b&gt; (MiB over seconds)</figcaption>');
    expect(drawn).toContain('<polyline class="unbroken" points="46,158.5 402,59.5"');
  });

  test.each([
    [[3, 1680], '0 500 1000 1500 2000'],
    [[0.067, 4.97], '0 2 4 6'],
    [[100, 100], '100 100.25 100.5 100.75 101'],
    [[0, 0.3], '0 0.1 0.2 0.3'],
  ])('writes round values on an axis over %j', (xs, marks) => {
    const series = [{ name: 'used', points: xs.map((x) => [x, 1] as const) }];
    const charts = [{ title: 'Memory', x: 's', y: 'MiB', series }];

    const drawn = reportHtml({ ...report(), sections: [{ id: 'load', title: 'Load', checks: [], charts }] });

    const texts = all(drawn, /y="225" text-anchor="middle">[^<]*/g);
    expect(texts.map((one) => one.split('>')[1]).join(' ')).toBe(marks);
  });

  test('draws lines that differ in more than their colour', () => {
    const series = ['burst', 'paced'].map((name) => ({ name, points: [[0, 1] as const, [1, 2] as const] }));
    const charts = [{ title: 'Throughput', x: 's', y: 'tasks', series }];

    const drawn = reportHtml({ ...report(), sections: [{ id: 'load', title: 'Load', checks: [], charts }] });

    expect(all(drawn, /<polyline class="\w+"/g)).toEqual([
      '<polyline class="unbroken"',
      '<polyline class="broken"',
    ]);
    expect(all(drawn, /<i class="\w+"/g)).toEqual(['<i class="unbroken"', '<i class="broken"']);
  });

  test('says that a chart has no figures instead of drawing one', () => {
    const chart = { title: 'CPU', x: 's', y: 'm', series: [{ name: 'redis', points: [] }] };

    const drawn = reportHtml({
      ...report(),
      sections: [{ id: 'load', title: 'Load', checks: [], charts: [chart] }],
    });

    expect(drawn).toContain('CPU: no figures');
    expect(drawn).not.toContain('NaN');
  });
});
