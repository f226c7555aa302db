// How a report's page looks: no fonts, pictures or scripts from elsewhere.

/** Below this width a table's rows become blocks, with each cell under its column's name. */
const NARROW = '46rem';

export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #fff; --line: #d0d7de; --band: #f6f8fa;
  --ok: #116329; --ok-back: #dafbe1; --failed: #a40e26; --failed-back: #ffebe9; --skipped: #6b4a00; --skipped-back: #fff1c9;
  --c0: #0550ae; --c1: #8250df; --c2: #bc4c00; --c3: #116329; --c4: #a40e26; --c5: #57606a }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6edf3; --soft: #9da7b3; --back: #0d1117; --line: #3d444d; --band: #161b22;
  --ok: #7ee787; --ok-back: #12361f; --failed: #ffa198; --failed-back: #4a1519; --skipped: #f2cc60; --skipped-back: #3c2f06;
  --c0: #79c0ff; --c1: #d2a8ff; --c2: #ffa657; --c3: #7ee787; --c4: #ffa198; --c5: #9da7b3 } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .3rem 0 .8rem } h2 { font-size: 1.25rem; margin: 2rem 0 .6rem } h3 { font-size: 1rem; margin: 0 }
h1, h2 { text-wrap: balance } p { margin: .3rem 0 }
a { color: var(--c0) } a:focus-visible { outline: 2px solid; outline-offset: 2px }
details { margin: .6rem 0 } summary { cursor: pointer; color: var(--ok); font-weight: 600 }
dl { margin: 0 } dt { color: var(--soft) } dd { margin: 0 }
footer { margin-top: 2rem; border-top: 1px solid var(--line) } footer dl div { display: grid; grid-template-columns: 7rem 1fr }
nav ul { list-style: none; padding: 0; margin: .6rem 0; display: flex; flex-wrap: wrap; gap: 0 1.2rem } nav a { display: inline-block; padding: .3rem 0 }
time { white-space: nowrap } code { font: .9em ui-monospace, monospace }
.whole { padding: .6rem .9rem; border-radius: .4rem; border: 1px solid; margin: 0 } .whole strong { font-size: 1.1em }
.badge { display: inline-block; padding: 0 .5em; border-radius: 1em; font-weight: 600; white-space: nowrap; border: 1px solid }
.ok:is(.badge, .whole) { color: var(--ok); background: var(--ok-back) }
.failed:is(.badge, .whole) { color: var(--failed); background: var(--failed-back) }
.poor:is(.badge, .whole), .skipped:is(.badge, .whole) { color: var(--skipped); background: var(--skipped-back) }
.failure { border: 1px solid var(--line); border-left: .35rem solid var(--failed); border-radius: .4rem; padding: .6rem .9rem; margin: .6rem 0 }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .2rem 1.5rem; margin: .3rem 0 } .in { color: var(--soft); font-size: .9rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .95em }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem }
.checks caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
th, td { min-width: 5rem; text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
th { background: var(--band) } th, .checks code, .checks td:last-child { white-space: nowrap } tr.failed { background: var(--failed-back) }
.detail { margin: .3rem 0 0; color: var(--soft); white-space: pre-wrap } .failure .detail { color: inherit }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(30rem, 100%), 1fr)); gap: 1rem 2rem; margin: 1rem 0 }
figure { margin: 0; max-width: 40rem } figcaption { color: var(--soft) } svg { width: 100%; height: auto; display: block }
svg text { fill: var(--text); font: 13px system-ui, sans-serif } svg .axis { stroke: var(--line) } svg .bound { stroke: var(--soft); stroke-dasharray: 2 3 }
polyline.broken { stroke-dasharray: 7 4 }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; list-style: none; padding: 0; margin: .3rem 0 }
.legend i { display: inline-block; width: 1.8em; border-top-width: 3px; border-top-style: solid; vertical-align: middle; margin-right: .4em }
.legend i.broken { border-top-style: dashed }
@media screen and (max-width: ${NARROW}) {
  .pair { grid-template-columns: 1fr }
  table, caption, tbody, tr, td { display: block } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  tr { border: 1px solid var(--line); border-radius: .4rem; margin-bottom: .5rem; padding: .4rem .7rem } td { border: 0; padding: 0 }
  td:first-child ~ td { display: grid; grid-template-columns: 5rem 1fr; gap: .5rem } td:first-child ~ td::before { content: attr(data-label); color: var(--soft) }
  .figures td:first-child { font-weight: 600 } .figures td:first-child ~ td { grid-template-columns: 9rem 1fr }
  .checks tr { display: grid; grid-template-columns: auto 1fr auto; gap: 0 .6rem } .checks td:nth-child(n + 3) { grid-column: 1 / -1 }
  .checks td:is(:nth-child(2), :nth-child(3), :last-child)::before { content: none } .checks td:is(:nth-child(2), :nth-child(3), :last-child) { display: block }
  .checks td:nth-child(3) { font-weight: 600 } .checks td:last-child { grid-area: 1 / 3; color: var(--soft) }
}
@media print { details::details-content { content-visibility: visible; block-size: auto } body { max-width: none; font-size: 10pt; padding: 0 } nav { display: none } tr, figure, .failure { break-inside: avoid } h2, h3 { break-after: avoid }
  .charts { grid-template-columns: 1fr 1fr } * { print-color-adjust: exact } }
`;
