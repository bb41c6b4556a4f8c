// A registry of 100 and of 10,000 certificates: time per certificate, memory, and what a second build costs. Needs dist/.
// Usage: node bench/registry.mjs [number of certificates].
import { spawnSync } from "node:child_process";
import { createPrivateKey, sign } from "node:crypto";
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { once, row } from "./measure.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const conform = [process.execPath, join(root, "dist/conform.cjs")];
const contract = ["--contract", join(root, "fixtures/contracts/tiny")];
const count = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), "conform-registry-"));
const at = (name) => join(folder, name);

/** One real run and its certificate; the others are the same under other names, signed by the same key. */
function certificates() {
  const module = join(root, "fixtures/modules/tiny/good");
  const [program, ...own] = conform;
  const call = (...args) =>
    spawnSync(program, [...own, ...args], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  call(module, ...contract, "--transcript", "run.ndjson", "--out", "out", "--reporter", "json");
  call("keys", "new", "--out", "k.pem");
  call(
    "certify",
    "out/report.json",
    "--subject",
    module,
    "--key",
    "k.pem",
    "--transcript",
    "run.ndjson",
    "--publish",
    ...contract,
  );
  const one = JSON.parse(readFileSync(at("certificate.intoto.json"), "utf8"));
  const key = createPrivateKey(readFileSync(at("k.pem")));
  const statement = JSON.parse(Buffer.from(one.payload, "base64").toString());
  return (name) => {
    const body = Buffer.from(JSON.stringify({ ...statement, predicate: { ...statement.predicate, module: name } }));
    const message = Buffer.concat([
      Buffer.from(`DSSEv1 ${one.payloadType.length} ${one.payloadType} ${body.length} `),
      body,
    ]);
    const sig = sign("sha256", message, key).toString("base64");
    return JSON.stringify({ ...one, payload: body.toString("base64"), signatures: [{ ...one.signatures[0], sig }] });
  };
}

const make = certificates();
function fill(name, number) {
  mkdirSync(at(name));
  for (let i = 0; i < number; i++) {
    writeFileSync(at(`${name}/m${i}.intoto.json`), make(`module-${i}`));
    linkSync(at("run.ndjson"), at(`${name}/m${i}.transcript.ndjson`));
  }
}
const build = (name) => [
  ...conform,
  "registry",
  "build",
  at(name),
  "--key",
  at("k.pub.pem"),
  "--out",
  at(`${name}-site`),
  ...contract,
];
const shown = (name, number, { ms, mib }, ...more) => {
  row(name, { ms, min: ms, mib }, ...more);
  console.log(`${"".padEnd(44)}${(ms / number).toFixed(3).padStart(10)} ms a certificate`);
};

fill("few", 100);
fill("all", count);
const nothing = await once([...conform, "contracts"]);
const few = await once(build("few"));
const all = await once(build("all"));
const perFew = (few.ms - nothing.ms) / 100;
shown("registry of 100 certificates", 100, few);
shown(`registry of ${count}`, count, all, (all.ms - nothing.ms) / count / perFew, 1.3);
shown("the same again, nothing changed", count, await once(build("all")));
writeFileSync(at("all/m7.intoto.json"), make("module-seven"));
shown("the same with one certificate changed", count, await once(build("all")));
rmSync(folder, { recursive: true, force: true });
