import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Operation } from "../../harness/history.ts";
import { allHistories } from "../all-histories.ts";
import { type Columns, columnsOf } from "../columns.ts";
import type { Monitor } from "../monitors/monitor.ts";
import { disturbed, drawFrom, randomHistory } from "../random-history.ts";
import { relevantTo } from "./problem.ts";
import { wingGongLoweCheck } from "./wing-gong-lowe.ts";
import { type Kind, KINDS } from "./workloads.ts";

/**
 * Bugs planted in the checkers, one at a time, by changing a few letters of their source: each must make some small history come
 * out wrong. A bug that is not found here would not be found by the cross-checks either.
 */
interface Mutant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const mutant = (file: string, from: string, to: string): Mutant => ({ file, from, to });

const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  queue: [
    mutant("monitors/queue", "outBy[item] >= outFrom[before]", "outBy[item] <= outFrom[before]"),
    mutant("monitors/queue", "outFrom[entering] > outFrom[last[at]]", "outFrom[entering] < outFrom[last[at]]"),
    mutant("monitors/queue", "inside === 0 ? 1 : 0", "inside <= 1 ? 1 : 0"),
    mutant("monitors/queue", "if (k < left.length) assign", "if (k > left.length) assign"),
    mutant("monitors/queue", "change[outFrom[item]] -= 1", "change[outFrom[item]] -= 0"),
    mutant("monitors/items", "if (into === NONE) return notPut(columns, out);", "if (into === NONE) continue;"),
    mutant("monitors/items", "if (twice !== null) return", "if (twice === undefined) return"),
    mutant("monitors/items", "ret[out] < call[into]", "ret[out] < ret[into]"),
  ],
  "producer queue": [
    mutant("monitors/queue", "columns.process[items.put[item]] : 0", "0 : 0"),
    mutant("monitors/queue", "columns.call[get] >= deadline", "columns.call[get] < deadline"),
  ],
  stack: [
    mutant("monitors/stack", "if (free[operation ^ 1] === 0) continue;", ""),
    mutant("monitors/stack", "if (falsely !== null) return falsely;", ""),
    mutant("monitors/stack", "if (left === 0) return null;", "if (left <= 2) return null;"),
  ],
  "priority queue": [
    mutant("monitors/priority-queue", "numbers[a] - numbers[b]", "numbers[b] - numbers[a]"),
    mutant("monitors/priority-queue", "out = nextBare(outFrom[item]);", "out = outFrom[item];"),
    mutant(
      "monitors/priority-queue",
      "nextBare(columns.call[take]) < columns.ret[take]",
      "nextBare(columns.call[take]) >= 0",
    ),
  ],
  set: [
    mutant("monitors/set", "inBy[element] > call[index]", "inBy[element] < call[index]"),
    mutant("monitors/set", "if (removed && last !== NONE", "if (!removed && last !== NONE"),
    mutant("monitors/set", "if (!added && (removed || first !== NONE))", "if (!added && removed)"),
  ],
  register: [
    mutant("monitors/register", "f < s ? f < end : f < end && forward !== NONE", "f < s ? f < end : false"),
    mutant("monitors/register", "f < s ? f < end : f < end && forward !== NONE", "f < s && f < end"),
    mutant("monitors/register", "if (f < calledAt(writer))", "if (f < -1)"),
    mutant("monitors/register", "if (s >= 0) [forward, end] = [cluster, s];", ""),
    mutant(
      "monitors/register",
      "calledAt(index) > calledAt(final[cluster])",
      "calledAt(index) < calledAt(final[cluster])",
    ),
  ],
  lock: [
    mutant("monitors/lock", "if (holder !== -1) {", "if (holder < -1) {"),
    mutant("monitors/lock", "if (baseless.has(index)) {", "if (index < 0) {"),
    mutant("monitors/lock", "heldLast < call[index]", "heldLast < ret[index]"),
    mutant("monitors/lock", "else if (holder === holds[owner]) holder = -1;", ""),
  ],
  semaphore: [
    mutant("monitors/semaphore", "if (taken > permits)", "if (taken >= permits)"),
    mutant("monitors/semaphore", "if (taken > permits)", "if (taken > permits + 1)"),
    mutant("monitors/semaphore", "scarceLast < call[index]", "scarceLast > call[index]"),
  ],
  "joinable counter": [
    mutant("monitors/joinable", "least > 0 && zeroLast < call[index]", "least > 0 && zeroLast > call[index]"),
    mutant("monitors/joinable", "if (order.stuck) return unknown", "if (most < 0) return unknown"),
  ],
  barrier: [
    mutant("monitors/barrier", "if (arrived.size < parties)", "if (arrived.size < parties - 1)"),
    mutant("monitors/barrier", "if (released[index] === 1) continue;", ""),
  ],
  event: [mutant("monitors/event", "call[index] > over &&", "call[index] > -1 &&")],
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "forkcheck-mutants-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(MUTANTS))("%s", (name, mutants) => {
  const kind = KINDS[name];
  let samples: { columns: Columns; truth: boolean }[] = [];
  beforeAll(() => {
    samples = samplesOf(kind);
  });

  test("the monitor itself is right", async () => {
    expect(caught(kind, await monitorFrom(name, null), samples)).toBe(false);
  });

  test.each(mutants.map((one) => [`${one.file}: ${one.from} becomes ${one.to || "nothing"}`, one] as const))(
    "%s is caught",
    async (_, one) => {
      expect(caught(kind, await monitorFrom(name, one), samples)).toBe(true);
    },
  );
});

/** Whether the monitor says of some history what the oracle does not. */
function caught(kind: Kind, monitor: Monitor, samples: readonly { columns: Columns; truth: boolean }[]): boolean {
  return samples.some(({ columns, truth }) => {
    try {
      const { verdict } = monitor.check(relevantTo(columns, kind.model));
      return (verdict === "violated" && truth) || (monitor.decides && verdict === "holds" && !truth);
    } catch {
      return true; // a monitor that breaks down is caught as well
    }
  });
}

/** Where there are more histories of a length than this, the random ones have to do for that length. */
const OF_ONE_LENGTH_MAX = 40_000;

function samplesOf(kind: Kind): { columns: Columns; truth: boolean }[] {
  const histories: (readonly Operation[])[] = [];
  const longest = kind.answers.length <= 3 ? 4 : 3;
  for (let count = 1; count <= longest; count += 1) {
    const all = [...allHistories(count, 3, kind.letters)];
    if (all.length <= OF_ONE_LENGTH_MAX) for (const operations of all) histories.push(operations);
  }
  for (let seed = 1; seed <= 1500; seed += 1) {
    const draw = drawFrom(seed + 77);
    const workload = {
      model: kind.model,
      operations: 3 + draw(5),
      clients: kind.clients ?? 2 + draw(2),
      call: kind.call,
      crashOneIn: draw(2) * 4,
    };
    const right = randomHistory(workload, draw);
    histories.push(draw(3) === 0 ? right : disturbed(right, draw, kind.answers));
  }
  return histories.map((operations) => {
    const columns = columnsOf({ input: null, operations, processes: [], final: null });
    return { columns, truth: wingGongLoweCheck(columns, kind.model)! };
  });
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What the kind's monitor is in, and how to get it from there. */
const MONITORS: Readonly<Record<string, readonly [file: string, get: (module: any) => Monitor]>> = {
  queue: ["monitors/queue", (module) => module.queueMonitor(Infinity)],
  "producer queue": ["monitors/queue", (module) => module.producerQueueMonitor],
  stack: ["monitors/stack", (module) => module.stackMonitor],
  "priority queue": ["monitors/priority-queue", (module) => module.priorityQueueMonitor],
  set: ["monitors/set", (module) => module.setMonitor],
  register: ["monitors/register", (module) => module.registerMonitor(0)],
  lock: ["monitors/lock", (module) => module.lockMonitor],
  semaphore: ["monitors/semaphore", (module) => module.semaphoreMonitor(1, Infinity)],
  "joinable counter": ["monitors/joinable", (module) => module.joinableMonitor],
  barrier: ["monitors/barrier", (module) => module.barrierMonitor(2)],
  event: ["monitors/event", (module) => module.eventMonitor],
};

let written = 0;

/** The monitor, loaded from a copy of its source with that one change in it or in what it imports. */
async function monitorFrom(name: string, change: Mutant | null): Promise<Monitor> {
  const [file, get] = MONITORS[name];
  const copies = new Map<string, string>();
  const copy = (path: string): string => {
    const known = copies.get(path);
    if (known !== undefined) return known;
    const target = join(folder, `${(written += 1)}.ts`);
    copies.set(path, target);
    let source = readFileSync(join(ROOT, `${path}.ts`), "utf8");
    if (change?.file === path) {
      // Formatting may have broken the line elsewhere than the mutant has it.
      const pattern = new RegExp(
        change.from
          .split(/\s+/)
          .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
          .join("\\s+"),
      );
      if (!pattern.test(source)) throw new Error(`The mutant "${change.from}" is not in ${path}.ts any more.`);
      source = source.replace(pattern, () => change.to);
    }
    const linked = source.replace(/from "(\.\.?\/[^"]+)\.ts"/g, (_, relative: string) => {
      const imported = join(path, "..", relative);
      const own = imported.startsWith("monitors/") ? copy(imported) : `${join(ROOT, imported)}.ts`;
      return `from ${JSON.stringify(own)}`;
    });
    writeFileSync(target, linked);
    return target;
  };
  return get(await import(/* @vite-ignore */ pathToFileURL(copy(file)).href));
}
