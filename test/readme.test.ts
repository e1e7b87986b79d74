import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { check } from "../index.ts";
import { formatResult } from "../reports/index.ts";
import { ticketRushUnsafe } from "../scenarios/ticket-rush.ts";

const README = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

test("the failure in the README is what forkcheck prints, the times aside", async () => {
  const result = await check(ticketRushUnsafe, { seed: 1 });
  const printed = formatResult(result, { colour: false, columns: 80, runsMax: 1000 });
  const shown = /<!-- failure -->\n```\n([\s\S]*?)\n```/.exec(README)?.[1] ?? "";
  expect(timeless(shown)).toBe(timeless(printed));
});

test("the code in the README's first lines is the code of that scenario", () => {
  const source = readFileSync(fileURLToPath(new URL("../scenarios/ticket-rush.ts", import.meta.url)), "utf8");
  for (const line of [
    "const left = stock.get();",
    'if (left === 0) return "sold out";',
    "stock.set(left - 1);",
    'return "bought";',
  ]) {
    expect(README).toContain(line);
    expect(source).toContain(line);
  }
});

/** Without how long it took, and where lines break because of that. */
function timeless(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\d.]+ (ms|s)\b/g, "TIME");
}
