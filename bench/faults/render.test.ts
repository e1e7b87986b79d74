import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isScenario } from "../../harness/scenario.ts";
import * as survival from "../../scenarios/primitives/survival.ts";
import { cpythonScenarios, type CpythonRow } from "./cpython.ts";
import { renderCost, renderFaults, renderForgotten, withGenerated, withSection, type FaultFigures } from "./render.ts";
import type { Ours } from "./survival.ts";

const lock: Ours = {
  primitive: "lock",
  kind: "kill",
  outcome: "survived",
  interleavings: 12,
  steps: [
    { process: "user 1", before: "acquire lock", ms: 0, runs: 5 },
    { process: "user 1", before: "acquire lock", ms: 0, runs: 2 },
    { process: "user 2", before: "wait lock, asleep", ms: 0, runs: 3 },
  ],
  faults: 10,
  runs: 22,
  message: "",
};
const holder: CpythonRow = {
  name: "lock-holder",
  primitive: "lock",
  kind: "kill",
  where: "holds the lock",
  next: "acquire",
  outcome: "waits for ever (2 s)",
};
const figures: FaultFigures = {
  node: "20.20.0",
  ours: [lock, { ...lock, kind: "pause" }],
  cpython: { version: "CPython 3.11.7", rows: [holder, { ...holder, kind: "pause", outcome: "survives" }] },
  forgotten: [
    {
      primitive: "Lock",
      forgets: "to take over",
      property: "no-deadlock",
      foundInRun: 3,
      faults: ["kill before release lock"],
      steps: 7,
      ms: 1234,
    },
  ],
  cost: { rows: [{ name: "cost: one death", value: 1.5, unit: "ms" }], load: "0.5" },
};

test("each row is what was measured: steps and interleavings of ours, and what came of it in CPython", () => {
  const text = renderFaults(figures);
  expect(text).toContain(
    "| lock | kill | 3 steps × 12 interleavings, all survived | holds the lock, another one does acquire: **waits for ever (2 s)** |",
  );
  expect(text).toContain("| lock | user 1 | acquire lock | 7 | 7 |");
  expect(text).toContain("| lock | user 2 | wait lock, asleep | 3 | 3 |");
  expect(text).toContain("| one death | 1.5 ms |  |");
});

test("what was only sampled, broke or could not be tried is not called survived", () => {
  const row = (change: Partial<Ours>): string => renderFaults({ ...figures, ours: [{ ...lock, ...change }] });
  expect(row({ outcome: "sampled", faults: 1480, runs: 2000 })).toContain("sampled, not proved: 1,480 in 2,000 runs");
  expect(row({ outcome: "broken", message: "deadlock: user 2 waits" })).toContain("**broken**: deadlock: user 2 waits");
  expect(row({ outcome: "error", message: "no worker\nat x" })).toContain("**could not be tried**: no worker |");
});

test("a primitive that forgets a step has a row, also if it was not found", () => {
  expect(renderFaults(figures)).toContain(
    "| Lock | to take over | no-deadlock | kill before release lock | 3 | 7 | 1,234 |",
  );
  const missed = { ...figures.forgotten[0], property: null };
  expect(renderFaults({ ...figures, forgotten: [missed] })).toContain("| Lock | to take over | **not found** |");
});

test("without python3 ours stand alone, and the text says so", () => {
  const text = renderFaults({ ...figures, cpython: null });
  expect(text).toContain("| lock | kill | 3 steps × 12 interleavings, all survived |  |");
  expect(text).toContain("no `python3`");
});

test("what CPython alone was tried with is listed by itself", () => {
  const rows = [{ ...holder, primitive: "elsewhere" }];
  const text = renderFaults({ ...figures, cpython: { version: "CPython 3.11.7", rows } });
  expect(text).toMatch(/Tried with CPython alone:\n\n.*\n.*\n\| elsewhere \| kill \|/);
});

test("the document keeps what stands outside of its marks", () => {
  const document = "before\n<!-- faults survived -->\nold\n<!-- end of faults survived -->\nafter\n";
  expect(withGenerated(document, "new")).toBe(
    "before\n<!-- faults survived -->\n\nnew\n\n<!-- end of faults survived -->\nafter\n",
  );
  expect(() => withGenerated("no marks", "new")).toThrow(/lost its marks/);
});

test("one section is replaced alone, or put before the last one where it is new", () => {
  const document = withGenerated(
    "<!-- faults survived -->\nold\n<!-- end of faults survived -->\n",
    renderFaults(figures),
  );
  expect(withSection(document, renderCost(figures.cost))).toBe(document);
  expect(withSection(document, renderForgotten(figures.forgotten))).toBe(document);
  const without = document.replace(`${renderForgotten(figures.forgotten)}\n\n`, "");
  expect(without).not.toContain("forgets");
  expect(withSection(without, renderForgotten(figures.forgotten))).toBe(document);
  const dearer = { ...figures.cost, load: "9.0" };
  expect(withSection(document, renderCost(dearer))).toBe(document.replace("machine of 0.5", "machine of 9.0"));
});

test("docs/faults.md has a row for each scenario of survival", () => {
  const document = readFileSync(fileURLToPath(new URL("../../docs/faults.md", import.meta.url)), "utf8");
  for (const { name = "" } of Object.values(survival).filter(isScenario)) {
    expect(document).toMatch(new RegExp(`^\\| ${name.replace(/-survives?$/, "")} \\| kill \\|`, "m"));
  }
});

test("docs/faults.md says of each of our rows that all was survived", () => {
  const document = readFileSync(fileURLToPath(new URL("../../docs/faults.md", import.meta.url)), "utf8");
  const [table] = /### Side by side[\s\S]*?###/.exec(document) as RegExpExecArray;
  const ours = [...table.matchAll(/^\| [a-z-]+ \| (?:kill|pause) \| ([^|]*) \|/gm)].map(([, cell]) => cell);
  expect(ours.length).toBeGreaterThan(30);
  expect(ours.filter((cell) => !/^\d+ steps × \d+ interleavings, all survived$/.test(cell))).toEqual([]);
});

test("the scenarios of cpython.py keep their names, and are of primitives that ours are called by", async () => {
  const known = await cpythonScenarios();
  // Where there is no python3 there is nothing to compare.
  if (known === null) return;
  expect(known.scenarios.map(({ name }) => name)).toEqual([
    "lock-holder",
    "rlock-holder",
    "semaphore-holder",
    "event-waiter",
    "event-asked",
    "condition-waiter",
    "condition-notifier",
    "barrier-party",
    "queue-consumer-waiting",
    "queue-consumer-slot",
    "queue-producer-get",
    "queue-producer-put",
    "simple-queue-consumer",
    "joinable-worker",
    "joinable-done",
    "pipe-sender",
    "value-holder",
    "array-holder",
  ]);
});
