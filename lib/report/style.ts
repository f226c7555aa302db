// How a report's page looks: no fonts, pictures or scripts from elsewhere.

/** Below this width a table's rows become blocks, with each cell under its column's name. */
const NARROW = '46rem';

export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --line: #d0d7de; --band: #f6f8fa;
  --ok: #116329; --ok-back: #dafbe1; --failed: #a40e26; --failed-back: #ffebe9; --skipped: #6b4a00; --skipped-back: #fff1c9;
  --c0: #0550ae; --c1: #8250df; --c2: #bc4c00; --c3: #116329; --c4: #a40e26; --c5: #57606a }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --back: #0d1117; --line: #3d444d; --band: #161b22;
  --ok: #7ee787; --ok-back: #12361f; --failed: #ffa198; --failed-back: #4a1519; --skipped: #f2cc60; --skipped-back: #3c2f06;
  --c0: #79c0ff; --c1: #d2a8ff; --c2: #ffa657; --c3: #7ee787; --c4: #ffa198; --c5: #9da7b3 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25 } h2 { font-size: 1.25rem; margin-top: 2.5rem } h1, h2 { text-wrap: balance }
a { color: var(--c0) } a:focus-visible { outline: 2px solid; outline-offset: 2px }
dl { display: grid; gap: .25rem 1.5rem; margin: 1rem 0 } dl div { display: grid; grid-template-columns: 7rem 1fr } dt { color: var(--soft) } dd { margin: 0 }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem }
code { font: .9em ui-monospace, monospace }
.whole { padding: .6rem .9rem; border-radius: .4rem; border: 1px solid }
.badge { display: inline-block; padding: 0 .5em; border-radius: 1em; font-weight: 600; white-space: nowrap; border: 1px solid }
.ok:is(.badge, .whole) { color: var(--ok); background: var(--ok-back) }
.failed:is(.badge, .whole) { color: var(--failed); background: var(--failed-back) }
.skipped:is(.badge, .whole) { color: var(--skipped); background: var(--skipped-back) }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .95rem }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
th { background: var(--band) } tr.failed td { background: var(--failed-back) }
.detail { margin: .3rem 0 0; color: var(--soft); white-space: pre-wrap } tr.failed .detail { color: inherit }
figure { margin: 1.5rem 0 } figcaption { color: var(--soft) } svg { width: 100%; height: auto; max-width: 60rem; display: block }
svg text { fill: var(--text); font: 12px system-ui, sans-serif } svg .axis { stroke: var(--line) } svg .bound { stroke: var(--soft); stroke-dasharray: 6 4 }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0; margin: .3rem 0 }
.legend i { display: inline-block; width: 1.2em; border-top: 3px solid; vertical-align: middle; margin-right: .4em }
@media screen and (max-width: ${NARROW}) {
  dl div { grid-template-columns: 1fr }
  table, caption, tbody, tr, td { display: block } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tr { border: 1px solid var(--line); border-radius: .4rem; margin-bottom: .8rem }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: .5rem } tr td:last-child { border-bottom: 0 }
  td::before { content: attr(data-label); color: var(--soft) }
}
@media print { body { max-width: none; font-size: 10pt } nav { display: none } tr, figure { break-inside: avoid } h2 { break-after: avoid }
  * { print-color-adjust: exact } }
`;
