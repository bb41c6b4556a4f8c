// Commands about certificates: keys, certify, verify, registry. Flags and help only.
import { type Command, Option } from "commander";
import type { CertifyFlags } from "./commands/certify.ts";
import type { KeysNewFlags } from "./commands/keys.ts";
import type { RegistryBuildFlags } from "./commands/registry-build.ts";
import type { RejudgeFlags } from "./commands/registry-rejudge.ts";
import type { RevokeFlags } from "./commands/registry-revoke.ts";
import type { VerifyFlags } from "./commands/verify.ts";
import { collect, positive } from "./program-values.ts";

type Done = (result: Promise<number>) => Promise<void>;

export function addCertificateCommands(root: Command, done: Done): void {
  addCertify(root.command("certify"), done);
  addVerify(root.command("verify"), done);
  addKeys(root.command("keys").description("key pairs that certificates are signed with"), done);
  addRegistry(root.command("registry").description("a site of certificates, and what changes them later"), done);
}

function addCertify(certify: Command, done: Done): void {
  certify
    .description("sign what a green badge would show, about just this build of the module")
    .argument("<report.json>", "report of the run")
    .requiredOption("--subject <what>", "the file or folder that was judged; for a URL an image: name@sha256:<digest>")
    .option("--key <pem>", "private key (conform keys new)")
    .option(
      "--keyless",
      "in CI: sign with the job's identity instead of a key; contacts the two addresses named with it",
    )
    .option("--fulcio-url <address>", "with --keyless: the certificate authority")
    .option("--rekor-url <address>", "with --keyless: the transparency log, which keeps what it gets")
    .option("--passphrase-file <file>", "first line: the key's passphrase (default: asked for on the terminal)")
    .option("--transcript <file>", "transcript of the run, so that others can judge it again")
    .option("--module <name>", "which module of the report")
    .option("--name <text>", "what the module is called in the certificate (default: as in the report)")
    .option("-c, --contract <folder>", "the contract, where it does not come with conform")
    .option("--valid-days <n>", "days from the run on which it is valid", positive, 180)
    .option("--publish", "the module's owner wants it shown in a registry")
    .option("--bundle", "write Sigstore bundles (v0.3) too")
    .option("-o, --out <file>", "the certificate; the two other statements lie beside it", "certificate.intoto.json")
    .addHelpText(
      "after",
      "\nExit codes: 0 signed, 1 the run earns no certificate, 2 usage error.\n\nExample:\n  conform ./my-module --transcript run.ndjson --reporter json\n  conform certify reports/latest/report.json --subject ./my-module --transcript run.ndjson --key key.pem",
    )
    .action((file: string, flags: CertifyFlags) =>
      done(import("./commands/certify.ts").then(({ certify }) => certify(file, flags))),
    );
}

function addVerify(verify: Command, done: Done): void {
  verify
    .description("check a certificate: signature, subject, contract, expiry, revocation, evidence; needs no network")
    .argument("<certificate>", "DSSE envelope or Sigstore bundle")
    .option("--key <pem>", "public key that is trusted (repeatable)", collect)
    .option("--subject <what>", "the artefact at hand: a file, a folder, name@sha256:<digest>")
    .option("--evidence <path>", "transcript, or a folder with it: judged again")
    .option("-c, --contract <folder>", "the contract, where it does not come with conform")
    .option("--revocations <file>", "signed list of revoked certificates")
    .option(
      "--revocations-key <pem>",
      "public key that signs such lists (repeatable; default: those of --key)",
      collect,
    )
    .option("--fresh-days <n>", "days for which a list says that a certificate is not revoked", positive, 7)
    .option("--at <date>", "the day asked about (default: now)")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 valid, 1 invalid, 2 usage error, 3 it could not be told.\n\nExample:\n  conform verify certificate.intoto.json --key key.pub.pem --subject ./my-module --evidence run.ndjson",
    )
    .action((file: string, flags: VerifyFlags) =>
      done(import("./commands/verify.ts").then(({ verify }) => verify(file, flags))),
    );
}

function addKeys(keys: Command, done: Done): void {
  keys
    .command("new")
    .description("make a key pair: a private file that only its owner reads, and the public one beside it")
    .option("-o, --out <file>", "the private key", "conform-key.pem")
    .addOption(new Option("--type <type>", "kind of key").choices(["p256", "ed25519"]).default("p256"))
    .option("--passphrase", "lock it with a passphrase, asked for on the terminal")
    .option("--passphrase-file <file>", "lock it with the first line of this file")
    .addHelpText("after", "\nExample:\n  conform keys new --out release.pem --passphrase")
    .action((flags: KeysNewFlags) => done(import("./commands/keys.ts").then(({ keysNew }) => keysNew(flags))));
  keys
    .command("show")
    .description("print the public key of a key file, and its id")
    .argument("<pem>", "a public key, or a private one that is not locked")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExample:\n  conform keys show release.pub.pem")
    .action((file: string, flags: { json?: boolean }) =>
      done(import("./commands/keys.ts").then(({ keysShow }) => keysShow(file, flags))),
    );
}

function addRegistry(registry: Command, done: Done): void {
  registry
    .command("build")
    .description("a static site of certificates, each verified; only what its owner published is shown by name")
    .argument("<certificates>", "folder with certificates, evidence beside them")
    .requiredOption("--key <pem>", "public key that is trusted (repeatable)", collect)
    .option("--out <folder>", "the site", "site")
    .option("--sign-key <pem>", "private key that signs the site's index")
    .option("--passphrase-file <file>", "first line: the signing key's passphrase")
    .option("--revocations <file>", "signed list of revoked certificates")
    .option(
      "--revocations-key <pem>",
      "public key that signs such lists (repeatable; default: those of --key)",
      collect,
    )
    .option("--fresh-days <n>", "days for which a list says that a certificate is not revoked", positive, 7)
    .option("-c, --contract <folder>", "a contract that does not come with conform")
    .option("--title <text>", "name of the registry", "Module registry")
    .option("--url <address>", "where the site will lie, for its feed")
    .option("--at <date>", "the day that expiry is counted by (default: now)")
    .addHelpText("after", "\nExample:\n  conform registry build certificates --key release.pub.pem --out site/")
    .action((folder: string, flags: RegistryBuildFlags) =>
      done(import("./commands/registry-build.ts").then(({ registryBuild }) => registryBuild(folder, flags))),
    );
  registry
    .command("rejudge")
    .description("judge stored transcripts by the contract as it is now, and tell which certificates change")
    .argument("<certificates>", "folder with certificates and their transcripts")
    .option(
      "-c, --contract <name|folder>",
      "the contract to judge by (default: the newest of each one's major version)",
    )
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      "\nExit codes: 0 all would be given again, 1 one would not, 2 usage error, 3 of some it cannot be told.\n\nExample:\n  conform registry rejudge certificates --contract ./my-contract",
    )
    .action((folder: string, flags: RejudgeFlags) =>
      done(import("./commands/registry-rejudge.ts").then(({ registryRejudge }) => registryRejudge(folder, flags))),
    );
  registry
    .command("revoke")
    .description("put certificates on the signed list of revocations, or date the list anew")
    .argument("[certificates...]", "certificates that no longer count")
    .requiredOption("--key <pem>", "private key that signs the list")
    .option("--passphrase-file <file>", "first line: the key's passphrase")
    .option("--list <file>", "the list", "revocations.json")
    .option("--reason <text>", "why", "not said")
    .addHelpText(
      "after",
      "\nExample:\n  conform registry revoke bad.intoto.json --key release.pem --reason 'the key was lost'",
    )
    .action((files: string[], flags: RevokeFlags) =>
      done(import("./commands/registry-revoke.ts").then(({ registryRevoke }) => registryRevoke(files, flags))),
    );
}
