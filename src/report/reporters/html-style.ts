// Style sheet of the HTML report: light and dark, screen and paper. No file, font or picture from elsewhere.

export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f6f8fa; --line: #d5dbe1; --ink: #1c2128; --soft: #545d68; --link: #0a58b8; --focus: #0a58b8;
  --fail: #b3261e; --fail-bg: #fdeeec; --error: #7b2d9b; --error-bg: #f8effc; --warning: #855500; --warning-bg: #fff5dd;
  --info: #1b5fb0; --info-bg: #ebf3fd; --known: #0b6672; --known-bg: #e6f5f6; --pass: #17703a; --pass-bg: #e7f6ec;
  --blocked: #545d68; --blocked-bg: #eceff2; --skipped: #545d68; --skipped-bg: #f3f5f7;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1217; --panel: #161c23; --line: #2f3944; --ink: #e4eaf0; --soft: #a2aeba; --link: #86b7ff; --focus: #86b7ff;
    --fail: #ff9a91; --fail-bg: #3a1b1a; --error: #dcb0f7; --error-bg: #2f1d3a; --warning: #f1c768; --warning-bg: #33290f;
    --info: #93c1ff; --info-bg: #16273d; --known: #7fd8e2; --known-bg: #123034; --pass: #7bd898; --pass-bg: #14301e;
    --blocked: #a2aeba; --blocked-bg: #242c35; --skipped: #a2aeba; --skipped-bg: #1b222a;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 7rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.wrap { overflow-x: clip; max-width: 72rem; margin: 0 auto; padding: 0 1.25rem 4rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
code, pre, .v { font-family: var(--mono); font-size: .875em; unicode-bidi: isolate; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; margin: 0; font-weight: 650; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .75rem; }
h3 { font-size: 1.05rem; }
p, ul, dl { margin: 0; }
.soft { color: var(--soft); }
.skip-link { position: absolute; left: -999px; top: 0; background: var(--page); padding: .5rem 1rem; z-index: 9; }
.skip-link:focus { left: 0; }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }

.top { padding: 2.5rem 0 0; }
.brand { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; color: var(--soft); font-size: .875rem; }
.brand b { color: var(--ink); letter-spacing: .01em; }
.verdict { display: flex; gap: 1rem; align-items: flex-start; margin: 1.25rem 0 0; padding: 1.25rem 1.4rem; border: 1px solid; border-left-width: 6px; border-radius: 10px; }
.verdict .sign { flex: none; width: 2.5rem; height: 2.5rem; margin-top: .1rem; }
.verdict .name { font-weight: 500; }
.verdict h1, .verdict h2 { font-size: 1.6rem; margin: 0; }
.verdict h2 { font-size: 1.35rem; }
.verdict .word { display: block; }
.verdict .name { display: block; font-family: var(--mono); font-size: .68em; color: var(--ink); unicode-bidi: isolate; }
.verdict .against { margin-top: .4rem; color: var(--ink); }
.verdict ul { margin: .5rem 0 0; padding-left: 1.1rem; color: var(--ink); font-size: .9375rem; }
.conformant { color: var(--pass); background: var(--pass-bg); border-color: var(--pass); }
.nonconformant { color: var(--fail); background: var(--fail-bg); border-color: var(--fail); }
.inconclusive, .partial { color: var(--warning); background: var(--warning-bg); border-color: var(--warning); }
.module { margin-top: 3rem; padding-top: .5rem; border-top: 1px solid var(--line); }
.only { margin-top: 0; padding-top: 0; border-top: 0; }

.facts { display: flex; flex-wrap: wrap; gap: .35rem 2rem; margin: 1rem 0 0; font-size: .875rem; }
.facts div { display: flex; gap: .5rem; min-width: 0; }
.facts dt { color: var(--soft); flex: none; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.remarks { margin: 1rem 0 0; padding: .75rem 1rem .75rem 2rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; font-size: .9375rem; overflow-wrap: anywhere; }

.bar { display: block; width: 100%; height: 12px; border-radius: 6px; overflow: hidden; background: var(--blocked-bg); }
.levels { width: 100%; border-collapse: collapse; margin-top: 1.5rem; }
.levels th { text-align: left; font-weight: 650; width: 6rem; padding: .4rem 0; }
.levels td { padding: .4rem 0 .4rem 1rem; }
.levels .wide { width: 45%; }
.levels .counts { font-size: .9375rem; }
.counts span + span::before, .brief span + span::before { content: " · "; color: var(--soft); white-space: pre; }

.causes { list-style: none; padding: 0; display: grid; gap: .6rem; }
.causes .level { margin-right: .5rem; }
.causes .wait { display: block; font-size: .875rem; color: var(--soft); }
.causes li { padding: .75rem 1rem; border: 1px solid var(--line); border-left: 4px solid var(--c); border-radius: 8px; background: var(--panel); overflow-wrap: anywhere; }
.areas { list-style: none; padding: 0; display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); }
.areas a { display: block; height: 100%; padding: .7rem .85rem .75rem; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); color: inherit; text-decoration: none; }
.areas a:hover { border-color: var(--soft); }
.areas b { display: block; margin-bottom: .45rem; overflow-wrap: anywhere; }
.areas .bar { height: 8px; margin-bottom: .45rem; }
.areas .brief { font-size: .8125rem; }

.tools { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin: 2rem -1.25rem 0; padding: .75rem 1.25rem; background: var(--page); border-bottom: 1px solid var(--line); }
.tools input[type=search], .tools select, .tools button { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--page); border: 1px solid var(--soft); border-radius: 6px; padding: .35rem .65rem; }
.tools input[type=search] { flex: 1 1 9rem; min-width: 8rem; }
.tools fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .35rem; }
.pill { position: relative; font-size: .8125rem; }
.pill input { position: absolute; inset: 0; opacity: 0; margin: 0; width: 100%; height: 100%; cursor: pointer; }
.pill span { display: block; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 999px; color: var(--soft); text-decoration: line-through; }
.pill input:checked + span { color: var(--c); background: var(--b); border-color: var(--c); text-decoration: none; }
.pill input:focus-visible + span { outline: 3px solid var(--focus); outline-offset: 2px; }
.tools .shown { font-size: .875rem; color: var(--soft); margin-left: auto; }

.area { margin-top: 2.25rem; }
.area h2, .area h3 { margin: 0; }
.area > header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; margin-bottom: .6rem; }
.area > header .brief { font-size: .875rem; }
.req { border: 1px solid var(--line); border-radius: 8px; background: var(--page); margin-top: .4rem; }
.req[open] { border-color: color-mix(in srgb, var(--c) 45%, var(--line)); }
.req > summary { display: grid; grid-template-columns: 6.2rem 4.2rem minmax(0, 1fr); gap: .15rem .75rem; align-items: baseline; padding: .6rem .9rem; cursor: pointer; list-style: none; border-radius: 8px; }
.req.pass > summary { padding-block: .4rem; }
.req > summary::-webkit-details-marker { display: none; }
.req > summary:hover { background: var(--panel); }
.req .says { grid-column: 3; overflow-wrap: anywhere; }
.req .id { color: var(--soft); overflow-wrap: anywhere; }
.state { justify-self: start; padding: .05rem .55rem; border-radius: 999px; font-size: .8125rem; font-weight: 600; color: var(--c); background: var(--b); white-space: nowrap; }
.level { font-size: .8125rem; font-weight: 650; letter-spacing: .02em; }
.body { padding: .25rem .9rem 1rem; display: grid; gap: .8rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
.pair > div, .note { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .7rem; background: var(--panel); min-width: 0; }
.pair .got { border-left: 4px solid var(--c); }
.pair .want { border-left: 4px solid var(--pass); }
.pair b, .note b, .label { display: block; font-size: .75rem; font-weight: 650; letter-spacing: .03em; color: var(--soft); }
.pair .v { white-space: pre-wrap; }
.at { grid-column: 1 / -1; font-size: .875rem; color: var(--soft); }
.seen { width: 100%; border-collapse: collapse; font-size: .875rem; }
.seen th { text-align: left; font-size: .75rem; color: var(--soft); font-weight: 650; padding: 0 .75rem .2rem 0; }
.seen td { padding: .25rem .75rem .25rem 0; vertical-align: top; border-top: 1px solid var(--line); }
.seen .n, .seen .t { white-space: nowrap; font-variant-numeric: tabular-nums; }
.seen .v { white-space: pre-wrap; width: 100%; }
.seen code { display: block; min-width: 8rem; }
.seen .v, .seen code { font-size: .8125rem; line-height: 1.6; }
.command { display: flex; gap: .5rem; align-items: start; margin-top: .3rem; }
.command code { flex: 1; min-width: 0; padding: .4rem .65rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); white-space: pre-wrap; }
.command button { font: inherit; font-size: .8125rem; padding: .3rem .6rem; border: 1px solid var(--soft); border-radius: 6px; color: var(--ink); background: var(--page); cursor: pointer; }
.sources { font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; }
.fail { --c: var(--fail); --b: var(--fail-bg); } .error { --c: var(--error); --b: var(--error-bg); }
.warning { --c: var(--warning); --b: var(--warning-bg); } .info { --c: var(--info); --b: var(--info-bg); }
.known { --c: var(--known); --b: var(--known-bg); } .pass { --c: var(--pass); --b: var(--pass-bg); }
.blocked { --c: var(--blocked); --b: var(--blocked-bg); } .skipped { --c: var(--skipped); --b: var(--skipped-bg); }
.tone { color: var(--c); }
rect.pass, rect.fail, rect.error, rect.warning, rect.info, rect.known { fill: var(--c); }
.bar rect.blocked { fill: var(--blocked); fill-opacity: .55; } .bar rect.skipped { fill: var(--blocked); fill-opacity: .25; }

.scenario { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: .2rem 1.25rem; padding: .8rem 0; border-top: 1px solid var(--line); }
.scenario .who { overflow-wrap: anywhere; font-size: .9375rem; }
.scenario .who .soft { font-size: .8125rem; }
.line { display: block; width: 100%; height: 30px; overflow: visible; }
.line .step { fill: var(--b); stroke: var(--c); stroke-width: 1; }
.line text { fill: var(--ink); font: 12px var(--mono); }
.line .tick, .axis .tick { stroke: var(--line); stroke-width: 1; }
.axis { display: block; width: 100%; height: 20px; overflow: visible; }
.axis text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.scenario .end { font-size: .875rem; overflow-wrap: anywhere; }
.steps { font-size: .8125rem; color: var(--soft); margin-top: .15rem; }
.steps summary { cursor: pointer; }
.steps ol { margin: .3rem 0 0; padding-left: 1.6rem; }
.modules { width: 100%; border-collapse: collapse; margin-top: 1.5rem; }
.modules th, .modules td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .875rem; color: var(--soft); overflow-wrap: anywhere; }

@media (max-width: 44rem) {
  .pair, .scenario { grid-template-columns: minmax(0, 1fr); }
  .req > summary { grid-template-columns: auto auto minmax(0, 1fr); }
  .req .id { grid-column: 1 / -1; } .req .says { grid-column: 1 / -1; }
  .levels .wide { width: 25%; }
  .tools { position: static; }
}
@media print {
  :root { color-scheme: light; --page: #fff; --panel: #fff; --ink: #000; --soft: #444; }
  .tools, .skip-link, .command button { display: none !important; }
  .req, .scenario, .areas a, .causes .level { margin-right: .5rem; }
.causes .wait { display: block; font-size: .875rem; color: var(--soft); }
.causes li { break-inside: avoid; }
  .verdict, .state, rect, .bar, .line { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details:not([open]) > summary { border: 0; }
}
`;
