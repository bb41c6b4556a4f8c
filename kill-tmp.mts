import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { prepare as prep, judgeModule } from "/work/wt/blux/src/session.ts";
// @ts-ignore
import { MUTANTS, prepare } from "/work/wt/blux/fixtures/modules/blux/variants.mjs";
const scale = Number(process.env.CONFORM_FIXTURE_SCALE ?? 1);
const names = process.argv.slice(2).length ? process.argv.slice(2) : Object.keys(MUTANTS);
const width = Number(process.env.WIDTH ?? 3);
const root = mkdtempSync("/tmp/kill-");
const queue = [...names]; let bad = 0; const t0=Date.now();
async function one(name: string) {
  const dest = join(root, name || "reference");
  prepare(name, dest);
  const t=Date.now();
  const p = prep(dest, { contract: "/work/wt/blux/specs/blux", timeScale: scale } as any);
  const { report, transcript } = await judgeModule(p, {});
  const fails = report.results.filter(r => r.outcome.kind === "fail").map(r => r.id);
  const errs = report.results.filter(r => r.outcome.kind === "error").map(r => r.id + ": " + (r.outcome as any).message);
  const blocked = report.results.filter(r => r.outcome.kind === "blocked");
  const unexplained = blocked.filter(r => !report.results.some(q => q.id === (r.outcome as any).by)).map(r => r.id + " by " + (r.outcome as any).by);
  const want = name === "" ? [] : [name.replace("-", "/")];
  const ok = JSON.stringify(fails) === JSON.stringify(want) && errs.length === 0 && unexplained.length === 0;
  if (!ok) { bad++; }
  console.log(ok ? "ok  " : "BAD ", name, ((Date.now()-t)/1000).toFixed(1)+"s", ok ? `blocked ${blocked.length}` : JSON.stringify({ fails, errs, unexplained, verdict: report.verdict.kind }));
  if (!ok) for (const r of report.results.filter(r => r.outcome.kind === "fail")) console.log("      ", r.id, JSON.stringify((r.outcome as any).findings.slice(0,2)).slice(0,400));
  mkdirSync("/tmp/killed", {recursive:true});
  writeFileSync(`/tmp/killed/${name||"reference"}.ndjson`, transcript.events.map(e=>JSON.stringify(e)).join("\n"));
  rmSync(dest, { recursive: true, force: true });
}
await Promise.all(Array.from({ length: width }, async () => { for (let n = queue.shift(); n !== undefined; n = queue.shift()) await one(n); }));
console.log("bad", bad, "of", names.length, ((Date.now()-t0)/1000).toFixed(0)+"s");
rmSync(root, { recursive: true, force: true });
process.exit(0);
