import { expect, test } from "vitest";
import { explain } from "./explanation.ts";
import type { Operation } from "./history.ts";
import type { TraceEntry } from "./trace.ts";

const LOCK = "/home/ada/node_modules/lock/index.js";
const lines = new Map([
  [`${LOCK}:7`, "  tooLate();"],
  [`${LOCK}:9`, "  next();"],
]);

test("two tasks of one process: which was let in while the other was inside, and by what lines of the package", () => {
  const trace = [
    entry(1, "step", "enter", { via: `${LOCK}:7`, operation: 0 }),
    entry(2, "step", "enter", { via: `${LOCK}:9`, operation: 1 }),
    entry(3, "return", "section"),
    entry(4, "return", "section"),
  ];
  const operations = [operation(0, 1, 3), operation(1, 2, 4)];
  expect(explain(trace, [], operations, [0, 1], (place) => lines.get(place) ?? null)).toEqual([
    "server's 'section' (steps 2 to 4) begins while 'section' (steps 1 to 3) is under way",
    "lock/index.js:7: tooLate();",
    "lock/index.js:9: next();",
  ]);
});

test("who stands still is interrupted as who is made to wait: what others did to what it had, and what it met then", () => {
  const touches = (reads: string[], writes: string[]) => ({ reads, writes });
  const trace = [
    entry(1, "file", "make folder lock"),
    entry(2, "pause", "stands still for 2000 ms"),
    entry(3, "file", "remove folder lock", { process: "other" }),
    entry(4, "file", "remove folder lock", { detail: "✗ ENOENT" }),
  ];
  const footprints = [touches([], ["lock"]), touches([], []), touches([], ["lock"]), touches([], ["lock"])];
  const steps = trace.map(({ step }) => ({ entry: step, preempts: false, footprint: footprints[step - 1] }));
  expect(explain(trace, steps, [])).toEqual([
    "server 'make folder lock' (step 1), then other 'remove folder lock' (step 3) before server 'remove folder lock' ✗ ENOENT (step 4)",
  ]);
});

test("who stands still while nothing of its own is touched: that is what matters, with what it was about to do", () => {
  const trace = [
    entry(1, "pause", "stands still for 50 ms", { detail: "before: write word" }),
    entry(2, "timeout", "time out at word", { process: "other" }),
    entry(3, "write", "write word", { detail: "← 1" }),
  ];
  const steps = trace.map(({ step }) => ({ entry: step, preempts: false }));
  expect(explain(trace, steps, [])).toEqual(["server stands still for 50 ms before 'write word' (step 1)"]);
});

test("what a call never returns for: the call before it failed, and what it had begun to wait for", () => {
  const trace = [
    entry(1, "sleep", "after 10 ms", { source: `${LOCK}:7` }),
    entry(2, "throw", "section"),
    entry(3, "sleep", "sleep"),
  ];
  const gaveUp = { ...operation(0, 1, 2), outcome: "threw", result: "Error: too late" } as const;
  const waits = { ...operation(1, 4, 4), outcome: "pending", returned: null } as const;
  expect(explain(trace, [], [gaveUp, waits], [], (place) => lines.get(place) ?? null)).toEqual([
    "server's 'section' (steps 1 to 2) failed (Error: too late), and server's 'section' (from step 4 on) never returns",
    "lock/index.js:7: tooLate();",
  ]);
});

test("what a section is called is no file of that name, and what comes after the failure is told only where nothing else is", () => {
  const touches = (reads: string[], writes: string[]) => ({ reads, writes });
  const trace = [
    entry(1, "file", "make data", { operation: 0 }),
    entry(2, "step", "enter data", { object: "data", operation: 0 }),
    entry(3, "file", "remove data", { process: "other" }),
    entry(4, "step", "enter data", { process: "other", object: "data", operation: 1 }),
    entry(5, "step", "leave data", { object: "data", operation: 0 }),
    entry(6, "file", "look for data"),
  ];
  const none = touches([], []);
  const touched = [touches([], ["data"]), null, touches([], ["data"]), null, null, touches(["data"], [])];
  const steps = touched.map((footprint, index) => ({
    entry: index + 1,
    preempts: index === 2,
    ...(footprint === null ? {} : { footprint }),
  }));
  const inside = [operation(0, 2, 5), { ...operation(1, 4, 5), process: "other" }];
  expect(explain(trace, steps, inside, [0, 1])).toEqual([
    "server 'enter data' (step 2), then other 'enter data' (step 4) before server 'leave data' (step 5)",
  ]);
  const unmarked = steps.map((step) => ({ footprint: none, ...step }));
  expect(explain(trace, unmarked, inside, [0, 1])).toEqual([
    "server 'make data' (step 1), then other 'remove data' (step 3) before server 'look for data' (step 6)",
  ]);
});

test("where nobody was interrupted and somebody was killed, it is the death that matters: what was done, and what was not", () => {
  const trace = [
    entry(1, "write", "write from", { detail: "← 9" }),
    entry(2, "write", "write log", { process: "other" }),
    entry(3, "kill", "killed", { detail: "before: write to" }),
  ];
  expect(explain(trace, [], [])).toEqual([
    "server is killed before 'write to' (step 3), after 'write from' ← 9 (step 1)",
  ]);
});

function entry(step: number, kind: TraceEntry["kind"], label: string, more: Partial<TraceEntry> = {}): TraceEntry {
  return { step, process: "server", kind, object: null, label, detail: "", time: 0, source: null, ...more };
}

function operation(id: number, invoked: number, returned: number): Operation {
  const known = { process: "server", operation: "section", object: null, args: [], result: undefined } as const;
  return { ...known, id, outcome: "returned", invoked, returned, depth: 0 };
}
