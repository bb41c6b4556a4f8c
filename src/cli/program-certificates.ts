// Commands about certificates: keys, certify, verify, registry. Flags and help only.
import type { Command } from "commander";
import type { FlagsOf } from "../session/flag-values.ts";
import { subcommand } from "./add-flags.ts";

type Done = (result: Promise<number>) => Promise<void>;

export function addCertificateCommands(root: Command, done: Done): void {
  addCertify(subcommand(root, "certify"), done);
  addVerify(subcommand(root, "verify"), done);
  addKeys(root.command("keys").description("key pairs that certificates are signed with"), done);
  addRegistry(root.command("registry").description("a site of certificates, and what changes them later"), done);
}

function addCertify(certify: Command, done: Done): void {
  certify
    .description("sign what a green badge would show, about just this build of the module")
    .argument("<report.json>", "report of the run")
    .addHelpText(
      "after",
      "\nExit codes: 0 signed, 1 the run earns no certificate, 2 usage error.\n\nExample:\n  conform ./my-module --transcript run.ndjson --reporter json\n  conform certify reports/latest/report.json --subject ./my-module --transcript run.ndjson --key key.pem",
    )
    .action((file: string, flags: FlagsOf<"certify">) =>
      done(import("./commands/certify.ts").then(({ certify }) => certify(file, flags))),
    );
}

function addVerify(verify: Command, done: Done): void {
  verify
    .description("check a certificate: signature, subject, contract, expiry, revocation, evidence; needs no network")
    .argument("<certificate>", "DSSE envelope or Sigstore bundle")
    .addHelpText(
      "after",
      "\nExit codes: 0 valid, 1 invalid, 2 usage error, 3 it could not be told.\n\nExample:\n  conform verify certificate.intoto.json --key key.pub.pem --subject ./my-module --evidence run.ndjson",
    )
    .action((file: string, flags: FlagsOf<"verify">) =>
      done(import("./commands/verify.ts").then(({ verify }) => verify(file, flags))),
    );
}

function addKeys(keys: Command, done: Done): void {
  subcommand(keys, "keys new")
    .description("make a key pair: a private file that only its owner reads, and the public one beside it")
    .addHelpText("after", "\nExample:\n  conform keys new --out release.pem --passphrase")
    .action((flags: FlagsOf<"keys new">) => done(import("./commands/keys.ts").then(({ keysNew }) => keysNew(flags))));
  subcommand(keys, "keys show")
    .description("print the public key of a key file, and its id")
    .argument("<pem>", "a public key, or a private one that is not locked")
    .addHelpText("after", "\nExample:\n  conform keys show release.pub.pem")
    .action((file: string, flags: FlagsOf<"keys show">) =>
      done(import("./commands/keys.ts").then(({ keysShow }) => keysShow(file, flags))),
    );
}

function addRegistry(registry: Command, done: Done): void {
  subcommand(registry, "registry build")
    .description("a static site of certificates, each verified; only what its owner published is shown by name")
    .argument("<certificates>", "folder with certificates, evidence beside them")
    .addHelpText("after", "\nExample:\n  conform registry build certificates --key release.pub.pem --out site/")
    .action((folder: string, flags: FlagsOf<"registry build">) =>
      done(import("./commands/registry-build.ts").then(({ registryBuild }) => registryBuild(folder, flags))),
    );
  subcommand(registry, "registry rejudge")
    .description("judge stored transcripts by the contract as it is now, and tell which certificates change")
    .argument("<certificates>", "folder with certificates and their transcripts")
    .addHelpText(
      "after",
      "\nExit codes: 0 all would be given again, 1 one would not, 2 usage error, 3 of some it cannot be told.\n\nExample:\n  conform registry rejudge certificates --contract ./my-contract",
    )
    .action((folder: string, flags: FlagsOf<"registry rejudge">) =>
      done(import("./commands/registry-rejudge.ts").then(({ registryRejudge }) => registryRejudge(folder, flags))),
    );
  subcommand(registry, "registry revoke")
    .description("put certificates on the signed list of revocations, or date the list anew")
    .argument("[certificates...]", "certificates that no longer count")
    .addHelpText(
      "after",
      "\nExample:\n  conform registry revoke bad.intoto.json --key release.pem --reason 'the key was lost'",
    )
    .action((files: string[], flags: FlagsOf<"registry revoke">) =>
      done(import("./commands/registry-revoke.ts").then(({ registryRevoke }) => registryRevoke(files, flags))),
    );
}
