// Names that a Dockerfile gives to things outside of it: images, ports, addresses. Pure.
import { constants } from "node:os";
import { DockerfileRefusal } from "./words.ts";

const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const host =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const tagForm = /^\w[\w.-]{0,127}$/;
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** An image's name as registries have it; throws DockerfileRefusal for what is none. */
export function checkReference(reference: string): void {
  const wrong = (why: string) => new DockerfileRefusal(`${reference.slice(0, 120)} is no name of an image: ${why}`);
  const at = reference.indexOf("@");
  const digest = at === -1 ? undefined : reference.slice(at + 1);
  let name = at === -1 ? reference : reference.slice(0, at);
  const tag = /^(.+):([^:/]*)$/s.exec(name);
  if (tag !== null) {
    name = tag[1] ?? "";
    if (!tagForm.test(tag[2] ?? "")) throw wrong(`the tag ${tag[2]} is none`);
  }
  if (digest !== undefined && !digestForm.test(digest)) throw wrong("the digest is none");
  const segments = name.split("/");
  const [first = ""] = segments;
  const domain = segments.length > 1 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  if (domain && !host.test(first)) throw wrong(`the registry ${first} is none`);
  const path = domain ? segments.slice(1) : segments;
  if (path.join("/") !== path.join("/").toLowerCase()) throw wrong("it must be in lower case");
  if (!path.every((segment) => part.test(segment)) || path.join("/").length > 255)
    throw wrong("it has characters that none has");
  if (!domain && path.length === 1 && /^[a-f0-9]{64}$/.test(name)) throw wrong("it is an image's id");
}

/** `[ip:]public:private/protocol` with ranges, as the ports in the container; throws DockerfileRefusal. */
export function portsOf(word: string): number[] {
  const wrong = () => new DockerfileRefusal(`${word.slice(0, 60)} is no port`);
  const pieces = word.split(":");
  const container = pieces.at(-1) ?? "";
  const published = pieces.at(-2) ?? "";
  const ip = pieces.slice(0, -2).join(":");
  const slash = container.indexOf("/");
  const protocol = slash === -1 ? "" : container.slice(slash + 1).toLowerCase();
  if (!["", "tcp", "udp", "sctp"].includes(protocol)) throw wrong();
  if (ip !== "" && !address(ip.replace(/^\[(.*)\]$/, "$1"))) throw wrong();
  const [from, to] = range(slash === -1 ? container : container.slice(0, slash), wrong);
  if (published !== "") {
    const [low, high] = range(published, wrong);
    if (to !== from && to - from !== high - low) throw wrong();
  }
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function range(text: string, wrong: () => Error): [number, number] {
  const at = text.indexOf("-", 0);
  const start = at === -1 ? text : text.slice(0, at);
  const end = at === -1 ? start : text.slice(at + 1);
  const [from, to] = [start, end].map((port) => (/^[+-]?\d+$/.test(port) ? Number(port) : Number.NaN));
  if (from === undefined || to === undefined || !(from >= 0 && to >= from && to <= 65_535)) throw wrong();
  return [from, to];
}

/** Is it taken from elsewhere (an address)? COPY cannot, and refuses. */
export function refuseRemote(source: string, keyword: string): boolean {
  const address = /^https?:\/\//i.test(source);
  const git = isGit(source);
  if ((address || git) && keyword === "COPY")
    throw new DockerfileRefusal(`COPY cannot take ${source.slice(0, 120)}: only ADD reads an address`);
  return address || git;
}

function isGit(source: string): boolean {
  if (/^(git|ssh):\/\//i.test(source)) return true;
  if (/^https?:\/\//i.test(source)) return /\.git(?:[#?].*)?$/.test(source);
  return /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:(?!\/\/).+/.test(source);
}

/** A number, or a name with or without SIG, `RTMIN+n` among them. */
export function checkSignal(signal: string): void {
  if (/^\d+$/.test(signal) && Number(signal) !== 0) return;
  const name = `SIG${signal.toUpperCase().replace(/^SIG/, "")}`;
  if (name in constants.signals || /^SIGRTM(IN(\+\d+)?|AX(-\d+)?)$/.test(name)) return;
  throw new DockerfileRefusal(`STOPSIGNAL ${signal.slice(0, 40)} is no signal`);
}

/** IPv4 or IPv6, by the reader of addresses in URLs. */
function address(ip: string): boolean {
  if (/^\d+(\.\d+){3}$/.test(ip))
    return ip.split(".").every((part) => Number(part) <= 255 && String(Number(part)) === part);
  return ip.includes(":") && URL.canParse(`http://[${ip}]`);
}
