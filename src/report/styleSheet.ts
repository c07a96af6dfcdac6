/**
 * The page's style: system fonts, colours as variables with a light and a dark value, and print.
 *
 * The series colours follow Okabe and Ito (jfly.uni-koeln.de/color), darkened on light pages so that each
 * has a contrast of at least 3 : 1 with the page; text has at least 4.5 : 1.
 */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --soft: #f3f5f7; --edge: #cfd5db; --grid: #e6e9ec; --track: #dfe4e8;
  --ink: #14181c; --quiet: #55606a; --link: #00558a;
  --good: #17663f; --bad: #a3260f;
  --history: #868e95; --float: #c25100; --ternary: #a23f78; --shielded: #0069a8; --band: #cfe4f4;
  --persistence: #6b747c; --seasonal: #7d6608; --ridge: #00805f; --limit: #8f1d1d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181c; --soft: #1f252b; --edge: #3d4750; --grid: #2a3138; --track: #39424b;
    --ink: #eef1f4; --quiet: #a9b4be; --link: #7cc0f2;
    --good: #63cf97; --bad: #ff9580;
    --history: #7f8993; --float: #f09a4e; --ternary: #e48fc0; --shielded: #5bb8f0; --band: #1d3f57;
    --persistence: #9aa5af; --seasonal: #d8c25a; --ridge: #38c79b; --limit: #ff9a9a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; margin: 0 0 .6rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
h4 { font-size: .95rem; margin: 0 0 .3rem; }
p { margin: 0 0 .7rem; max-width: 80ch; }
a { color: var(--link); }
section { margin-top: 2.6rem; }
.kicker, .where, .note { color: var(--quiet); }
.kicker { margin: 0 0 .2rem; }
.where, .note, figcaption, .because, .fights { font-size: .875rem; }
nav ul, .legend { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
.legend { margin: 0 0 .9rem; font-size: .875rem; }
.legend li { display: flex; align-items: center; gap: .45rem; }
.sample { flex: none; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: .85em; }
pre { background: var(--soft); padding: .7rem .9rem; overflow-x: auto; border-radius: 4px; overflow-wrap: normal; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 215px), 1fr)); gap: .9rem; margin-bottom: .9rem; }
.card { border: 1px solid var(--edge); border-top: 4px solid var(--quiet); border-radius: 4px; padding: .8rem 1rem; background: var(--soft); }
.card h3 { margin: 0; font-size: .875rem; font-weight: 600; color: var(--quiet); }
.card p { margin: .3rem 0 0; font-size: .9rem; }
.card .headline { font-size: 1.12rem; line-height: 1.35; font-weight: 600; }
.card.good, .statement.good { border-color: var(--good); }
.card.bad, .statement.bad { border-color: var(--bad); }
.good .mark, .statement.good strong { color: var(--good); }
.bad .mark, .statement.bad strong { color: var(--bad); }
.statement { border-left: 4px solid; padding: .5rem .9rem; background: var(--soft); }
.leads { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.5rem, 1fr)); gap: .1rem .9rem; margin: .5rem 0 0; font-size: .875rem; }
.leads div { display: flex; gap: .4rem; }
.leads dt { color: var(--quiet); }
.leads dd { margin: 0; font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 360px), 1fr)); gap: 1.4rem 1.6rem; }
.grid > * { min-width: 0; }
figure { margin: 0; break-inside: avoid; }
figure h3 { margin: 0 0 .2rem; }
figure .where { margin: 0 0 .3rem; line-height: 1.35; }
figcaption { margin-top: .4rem; }
.plot { display: block; width: 100%; height: auto; font-size: 11px; font-family: system-ui, sans-serif; fill: currentColor; text-anchor: middle; }
.plot text, .plot tspan { white-space: pre; }
details > summary { cursor: pointer; color: var(--link); }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
caption span { display: block; position: sticky; left: 0; width: fit-content; max-width: min(80ch, calc(100vw - 2rem)); }
th, td { padding: .3rem .65rem; border-bottom: 1px solid var(--edge); text-align: right; vertical-align: top; white-space: nowrap; }
thead th { vertical-align: bottom; font-weight: 600; white-space: normal; border-bottom-color: var(--quiet); }
thead th[colspan] { text-align: center; }
th[scope="row"], thead th:first-child { text-align: left; }
tbody th[scope="row"] { font-weight: 500; }
thead tr + tr th:first-child { text-align: right; }
.deployed { background: var(--soft); }
.total > * { border-top: 2px solid var(--quiet); }
.scroll th[scope="row"]:not(.rule) { position: sticky; left: 0; background: var(--page); }
.rule { white-space: normal; min-width: 17rem; overflow-wrap: anywhere; }
.rule > * { display: block; }
.rule .name { font-weight: 600; }
.rule code { margin: .2rem 0; white-space: pre-wrap; font-weight: 400; }
.rule .because { color: var(--quiet); font-weight: 400; }
.fights { color: var(--bad); }
.rule .fights { font-weight: 400; }
.words { text-align: left; white-space: normal; }
.bar { display: block; margin: .25rem 0 0 auto; }
.tables { display: flex; flex-wrap: wrap; gap: 0 3rem; }
.tables > * { max-width: 100%; }
.definitions { margin: 0 0 1rem; font-size: .9rem; }
.definitions div { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0 1rem; padding: .2rem 0; border-bottom: 1px solid var(--grid); }
.definitions dt { color: var(--quiet); }
.definitions dd { margin: 0; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 640px) {
  main { padding: 1rem .8rem 3rem; }
  h1 { font-size: 1.5rem; }
  .definitions div { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  :root {
    color-scheme: light;
    font-size: 10pt;
    --page: #ffffff; --soft: #ffffff; --edge: #cfd5db; --grid: #e6e9ec; --track: #dfe4e8;
    --ink: #000000; --quiet: #404a52; --link: #000000; --good: #17663f; --bad: #a3260f;
    --history: #868e95; --float: #c25100; --ternary: #a23f78; --shielded: #0069a8; --band: #cfe4f4;
    --persistence: #6b747c; --seasonal: #7d6608; --ridge: #00805f; --limit: #8f1d1d;
  }
  body { font-size: 1rem; }
  main { max-width: none; padding: 0; }
  nav, details { display: none; }
  .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .scroll { overflow: visible; }
  .scroll th[scope="row"]:not(.rule), caption span { position: static; }
  table { font-size: 7pt; }
  .because { font-size: 1em; }
  .cards { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  section { margin-top: 1.6rem; }
  th, td { padding: 2px 4px; }
  .rule { min-width: 0; }
  h2, h3, h4, caption { break-after: avoid; }
  tr, .card { break-inside: avoid; }
}
`;
