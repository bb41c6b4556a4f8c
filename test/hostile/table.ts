// Behaviours of hostile modules and what conform must say of each: the requirements that fail, in contract order; none: conformant.

export interface Behaviour {
  /** Argument of fixtures/hostile/act.mjs. */
  act: string;
  about: string;
  fails: string[];
}

const one = (act: string, about: string, ...fails: string[]): Behaviour => ({ act, about, fails });
const silent = (act: string, about: string) => one(act, about, "life/announces");
const address = (act: string, about: string) => one(act, about, "life/address");
const health = (act: string, about: string) => one(act, about, "http/health");
const scrape = (act: string, about: string) => one(act, about, "http/metrics");

export const table: Behaviour[] = [
  one("good", "keeps everything"),
  silent("silent", "never announces, stays alive"),
  silent("exits", "exits 0 before announcing"),
  silent("dies", "dies by a signal before announcing"),
  silent("endless-line", "writes without end and without a newline"),
  silent("no-newline", "announces without a newline, then silence"),
  silent("nul-line", "writes NUL bytes and invalid UTF-8 for an announcement"),
  silent("stops-itself", "stops itself"),
  one("ignores-term", "ignores the end of standard input and SIGTERM", "life/ends"),
  one("daemon", "leaves a daemon of its own session behind", "life/leaves-nothing"),
  one("floods-stdout", "floods standard output while it is asked"),
  one("floods-stderr", "floods standard error while it is asked"),
  one("many-lines", "writes 50,000 lines after announcing"),
  one("closes-stdout", "closes standard output after announcing"),
  one("poisons-log", "writes control sequences and CI commands"),
  address("port-negative", "announces port -1"),
  address("port-65536", "announces port 65536"),
  address("port-3.5", "announces port 3.5"),
  address("port-number", "announces a number"),
  address("address-empty", "announces an empty text"),
  address("address-metadata", "announces a link-local address"),
  address("address-zone", "announces an address with a zone"),
  address("address-mapped", "announces an IPv4-mapped address"),
  address("address-open", "announces an unclosed bracket"),
  address("address-percent", "announces %zz"),
  address("address-userinfo", "announces a user and another host"),
  health("never-answers", "accepts and never answers"),
  health("drips-headers", "drips its headers byte by byte"),
  health("drips-body", "drips its body byte by byte"),
  health("header-flood", "sends headers without end"),
  health("endless-1xx", "sends interim answers without end"),
  health("upgrade", "answers 101 uninvited"),
  health("http-0.9", "answers without a head"),
  health("ssh-banner", "answers like an SSH server"),
  health("body-cut", "ends within its body"),
  health("extra-bytes", "sends a second answer"),
  health("two-lengths", "names two lengths"),
  health("endless-body", "sends a body without end"),
  health("redirect", "redirects to a file"),
  health("reset", "resets the connection"),
  health("status-999", "answers 999"),
  health("says-down", "answers 200 and says that it is down"),
  health("deep-json", "answers 100,000 nested arrays"),
  health("proto-keys", "answers with __proto__ for the status"),
  health("not-utf8", "answers invalid UTF-8"),
  one("huge-scrape", "exposes 100,000 series"),
  scrape("broken-metrics", "exposes a series twice"),
  scrape("metrics-html", "exposes HTML"),
  scrape("poisoned-metrics", "exposes CI commands and control sequences"),
];
