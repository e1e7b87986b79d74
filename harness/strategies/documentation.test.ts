import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fakeRun, stores } from "./fixtures/fake-run.ts";
import { SEARCH_STRATEGIES } from "./index.ts";
import type { Strategy } from "./strategy.ts";

/** Runs the example of docs/strategies.md as it stands there, types taken out. */
const text = readFileSync(fileURLToPath(new URL("../../docs/strategies.md", import.meta.url)), "utf8");

test("the strategy of the guide moves as the guide says", () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(text) as RegExpExecArray;
  const script = code.replace(/^import .*$/m, "").replace("const timeSlices: Strategy", "const timeSlices");
  const timeSlices = new Function(`${script}; return timeSlices;`)() as Strategy;
  const four = Array.from({ length: 4 }, () => stores(4));
  const orders = Array.from({ length: 20 }, (_, seed) => fakeRun(timeSlices, [four, four], seed).join(" "));
  expect(orders).toContain("0 0 1 1 0 0 1 1");
  expect(new Set(orders).size).toBe(4);
});

test("the guide lists every strategy by its name", () => {
  for (const { name } of SEARCH_STRATEGIES) expect(text).toContain(`| \`${name}\` |`);
});
