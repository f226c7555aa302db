import { holds, html, json, markdown } from '../../lib/report';
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
  tenants: ['acme', 'globex'],
  started: '2026-01-20T10:00:00.000Z',
  seconds: 61.2,
  sections: [{ id: 'redis', title: 'Redis', checks }],
});

const all = (text: string, form: RegExp): string[] => [...text.matchAll(form)].map(([found]) => found);

describe('a report', () => {
  test('holds when nothing failed', () => {
    expect(holds(report(check(), check({ verdict: 'skipped' })))).toBe(true);
  });

  test('fails when a check failed', () => {
    expect(holds(report(check(), check({ verdict: 'failed' })))).toBe(false);
  });

  test('fails when everything was skipped: it proves nothing', () => {
    expect(holds(report(check({ verdict: 'skipped' })))).toBe(false);
  });
});

describe('as Markdown, a report', () => {
  test('keeps a row a row, whatever was found', () => {
    const lines = markdown(report(check({ found: `${AWKWARD}\r\nsecond line` }))).split('\n');

    const row = lines.find((line) => line.includes('redis.config'));

    expect(row).toBe(
      '| ok | redis.config | acme pod/redis-0 | noeviction | \\<script\\>alert("1")\\</script\\> &amp; \'a\' \\| b\\`c\\` ' +
        '\\*d\\* \\[e\\](f) \u0006\u0016 ü 漢 🐇 second line | 0.3 s |',
    );
  });

  test('says first what it comes to, and quotes the details', () => {
    const text = markdown(report(check({ verdict: 'failed', detail: 'one\ntwo' })));

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

    const text = markdown({ ...report(), sections: [{ ...section!, charts }] });

    expect(text).toContain('### Memory (MiB; maxmemory 4)');
    expect(text).toContain('| s | used | peak |\n| --- | --- | --- |\n| 0 | 1 |  |\n| 5 | 2.5 | 3 |');
  });
});

describe('as JSON, a report', () => {
  test('says what it comes to, and every check as it is', () => {
    const parsed: unknown = JSON.parse(json(report(check({ found: AWKWARD }), check({ verdict: 'failed' }))));

    expect(parsed).toMatchObject({
      holds: false,
      counts: { ok: 1, failed: 1, skipped: 0 },
      sections: [{ checks: [{ found: AWKWARD }, { verdict: 'failed' }] }],
    });
  });
});

describe('as HTML, a report', () => {
  const page = html({
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
  });

  test('closes what it opens', () => {
    for (const tag of ['section', 'table', 'tr', 'td', 'div', 'dl', 'nav', 'main', 'svg', 'figure']) {
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

    const drawn = html({
      ...report(),
      sections: [{ id: 'load', title: 'Load', checks: [], charts: [chart] }],
    });

    expect(drawn).toContain('aria-label="Memory &lt;b&gt;, MiB. used: 1 to 3. maxmemory: 4."');
    expect(drawn).toMatch(/<polyline points="64,211 784,81"/);
  });

  test('says that a chart has no figures instead of drawing one', () => {
    const chart = { title: 'CPU', x: 's', y: 'm', series: [{ name: 'redis', points: [] }] };

    const drawn = html({
      ...report(),
      sections: [{ id: 'load', title: 'Load', checks: [], charts: [chart] }],
    });

    expect(drawn).toContain('CPU: no figures');
    expect(drawn).not.toContain('NaN');
  });
});
