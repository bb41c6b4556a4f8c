// Values of flags that a builder refuses: modes of files, platforms, networks, who owns a copy (BuildKit 0.34). Pure.
import type { DockerInstruction } from "./facts.ts";
import { mountFields, mountOf } from "./mounts.ts";
import { DockerfileRefusal, expandWord } from "./words.ts";

/** What is refused before any name has a value. */
export function checkWritten({ keyword, flags }: DockerInstruction): void {
  const from = keyword === "COPY" ? (flags.from ?? "") : "";
  if (expandWord(from, { get: () => undefined, token: "\\" }).text !== from)
    throw new DockerfileRefusal("COPY --from takes no variable");
  if (keyword !== "RUN") return;
  for (const mount of listed(flags.mount)) mountFields(mount);
  allowed("network", flags.network, ["default", "none", "host"]);
  allowed("security", flags.security, ["insecure", "sandbox"]);
}

function allowed(name: string, value: string | undefined, words: string[]): void {
  if (value !== undefined && !words.includes(value))
    throw new DockerfileRefusal(`--${name}=${value.slice(0, 40)} is none of ${words.join(", ")}`);
}

/** `fill`: a word with its names put in, undefined when the base image could give one of them a value. */
export function checkCopy({ keyword, flags, sources, words }: DockerInstruction, fill: Fill): void {
  const mode = fill(flags.chmod ?? "");
  if (mode !== undefined && mode !== "") checkMode(mode);
  const owner = fill(flags.chown ?? "") ?? "";
  if (flags.link === "true" && /[^\d:]/.test(owner))
    throw new DockerfileRefusal(`--chown=${owner.slice(0, 60)} with --link takes numbers only: a link sees no names`);
  const checksum = fill(flags.checksum ?? "");
  if (keyword !== "ADD" || checksum === undefined || checksum === "") return;
  if (words.length !== 2) throw new DockerfileRefusal("--checksum is for one source");
  if (sources.length > 0) throw new DockerfileRefusal("--checksum is for addresses");
}

type Fill = (word: string) => string | undefined;

/** Octal, or symbolic as chmod takes it. */
function checkMode(mode: string): void {
  if (/^[0-7]+$/.test(mode) && Number.parseInt(mode, 8) <= 0o7777) return;
  const change = "[augo]*(?:[-+=][rwxXstugo]*)+";
  if (new RegExp(`^${change}(?:,${change})*$`).test(mode)) return;
  throw new DockerfileRefusal(
    `--chmod=${mode.slice(0, 40)} is no mode: an octal number up to 7777, or such as u=rwX,go=rX`,
  );
}

/** `workdir`: undefined when only the base image knows it. */
export function checkMounts({ flags }: DockerInstruction, workdir: string | undefined, fill: Fill): void {
  for (const text of listed(flags.mount)) {
    const mount = mountOf(text, fill);
    if (mount === undefined || mount.type === "secret" || mount.type === "ssh") continue;
    const { target } = mount;
    const absolute = target.startsWith("/");
    if (!absolute && workdir === undefined) continue;
    const place = `${absolute ? "" : workdir}/${target}`.split("/");
    if (place.every((part) => part === "" || part === "."))
      throw new DockerfileRefusal(`--mount=${text.slice(0, 60)}: without a target it would cover everything`);
  }
}

/** `os[/arch[/variant]]`; a single word must be a known one. */
export function checkPlatform(platform: string): void {
  const parts = platform.split("/");
  const [os = ""] = parts;
  const form = /^[A-Za-z0-9_.-]+$/;
  const version = /^[A-Za-z0-9_.-]+(?:\([A-Za-z0-9_.%+-]*\))?$/;
  const fits = version.test(os) && parts.slice(1).every((part) => form.test(part)) && parts.length <= 3;
  const single = parts.length > 1 || systems.has(os.replace(/\(.*$/, "").toLowerCase());
  if (!fits || !single)
    throw new DockerfileRefusal(`--platform=${platform.slice(0, 60)} is no platform: os/architecture`);
}

const systems = new Set(
  (
    "aix android darwin macos dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos " +
    "386 i386 amd64 x86_64 x86-64 amd64p32 arm armhf armel armbe arm64 aarch64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 " +
    "mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm"
  ).split(" "),
);

function listed(flag: string | undefined): string[] {
  return flag === undefined ? [] : flag.split("\n");
}
