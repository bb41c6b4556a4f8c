// Which part of an event is foreign text: only that is hidden where it holds a secret.
import { expect, test } from "vitest";
import { mapOutside } from "../../src/base/events.ts";
import { makeRedactor } from "../../src/base/secrecy/secrets.ts";
import { anEvent } from "../an-event.ts";

test("a secret that happens to be one of conform's own words hides in foreign text only", () => {
  const secrets = ["failed", "stdout", "module", "status"].map((value) => ({ name: "s", value }));
  const hidden = makeRedactor(secrets);
  const data = (event: Parameters<typeof mapOutside>[0]) => mapOutside(event, (value) => hidden.redactJson(value)).data;
  expect(data(anEvent(1, "step", { status: "failed", from: 0, value: { ok: false, problem: "it failed" } }))).toEqual({
    verb: "x",
    status: "failed",
    from: 0,
    value: { ok: false, problem: "it ‹secret:s›" },
  });
  expect(data(anEvent(2, "line", { stream: "stdout", text: "stdout", bytes: 6 }))).toEqual({
    stream: "stdout",
    text: "‹secret:s›",
    bytes: 6,
  });
  expect(data(anEvent(3, "exit", { code: 1, by: "module" }))).toEqual({ code: 1, signal: null, ms: 1, by: "module" });
  expect(data(anEvent(4, "note", { text: "failed", status: "a module" }))).toEqual({
    text: "‹secret:s›",
    status: "a ‹secret:s›",
  });
});
