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

test("who stands still: between which of its steps, and what others did meanwhile to what it had made; then who was inside", () => {
  const touches = (reads: string[], writes: string[]) => ({ reads, writes });
  const trace = [
    entry(1, "file", "make folder lock", { source: `${LOCK}:7` }),
    entry(2, "file", "look at lock"),
    entry(3, "step", "enter data", { object: "data", operation: 0 }),
    entry(4, "pause", "stands still for 2000 ms", { detail: "before: sleep" }),
    entry(5, "file", "look at lock", { process: "other" }),
    entry(6, "file", "remove folder lock", { process: "other", source: `${LOCK}:9` }),
    entry(7, "step", "enter data", { process: "other", object: "data", operation: 1 }),
    entry(8, "step", "leave data", { object: "data", operation: 0 }),
    entry(9, "file", "remove folder lock", { detail: "✗ ENOENT", source: `${LOCK}:9` }),
    entry(10, "file", "make folder lock", { process: "other" }),
  ];
  const made = touches([], ["lock"]);
  const looked = touches(["lock"], []);
  const touched = [made, looked, null, touches([], []), looked, made, null, null, made, made];
  const steps = touched.map((footprint, index) => ({
    entry: index + 1,
    preempts: false,
    ...(footprint === null ? {} : { footprint }),
  }));
  const inside = [operation(0, 3, 8), { ...operation(1, 7, 8), process: "other" }];
  expect(explain(trace, steps, inside, [0, 1], (place) => lines.get(place) ?? null)).toEqual([
    "server stands still for 2000 ms (step 4), between its 'make folder lock' (step 1) and its 'remove folder lock' ✗ ENOENT (step 9); meanwhile other 'remove folder lock' (step 6)",
    "server 'enter data' (step 3), then other 'enter data' (step 7) before server 'leave data' (step 8)",
    "lock/index.js:7: tooLate();",
    "lock/index.js:9: next();",
  ]);
});

test("each fault is named, also where somebody was interrupted", () => {
  const trace = [
    entry(1, "read", "read word", { object: "word" }),
    entry(2, "write", "write word", { process: "other", object: "word" }),
    entry(3, "file", "write log", { process: "other", detail: "✗ ENOSPC" }),
    entry(4, "jump", "the wall clock jumps by 60000 ms", { process: "other" }),
    entry(5, "file", "write log", { process: "other", detail: "← ab" }),
    entry(6, "kill", "killed", { process: "other", detail: "before: write log" }),
    entry(7, "write", "write word", { object: "word" }),
  ];
  const steps = trace.map(({ step }) => ({ entry: step, preempts: step === 2 }));
  const faults = [
    { kind: "enospc", step: 3 },
    { kind: "clock", step: 4 },
    { kind: "short", step: 5 },
    { kind: "kill", step: 6 },
  ] as const;
  expect(explain(trace, steps, [], [], undefined, faults)).toEqual([
    "server 'read word' (step 1), then other 'write word' (step 2) before server 'write word' (step 7)",
    "other 'write log' ✗ ENOSPC (step 3) is a fault",
    "the wall clock jumps by 60000 ms (step 4)",
    "other 'write log' ← ab (step 5) writes less than it was given",
    "other is killed before 'write log' (step 6), after 'write log' ← ab (step 5)",
  ]);
});

test("a look that was taken once more by another line before it acts decides nothing, and a file with two names is one by its name", () => {
  const anything = { reads: [], writes: ["*"] };
  const file = (step: number, label: string, object: string, more: Partial<TraceEntry> = {}) =>
    entry(step, "file", label, { object, source: `${LOCK}:${step}`, ...more });
  const trace = [
    file(1, "look at lock", "lock"),
    file(2, "create guard", "guard", { detail: "✗ EEXIST" }),
    file(3, "link guard to lock", "guard", { process: "other" }),
    file(4, "remove guard", "guard", { process: "other" }),
    file(5, "look at guard", "guard", { detail: "✗ ENOENT" }),
    file(6, "look at lock", "lock"),
    file(7, "remove lock", "lock"),
  ];
  const footprints = [
    { reads: ["lock"], writes: [] },
    { reads: [], writes: ["guard"] },
  ];
  const steps = trace.map(({ step }) => ({
    entry: step,
    preempts: step === 3,
    footprint: footprints[step - 1] ?? anything,
  }));
  expect(explain(trace, steps, [])).toEqual([
    "server 'create guard' ✗ EEXIST (step 2), then other 'remove guard' (step 4) before server 'look at guard' ✗ ENOENT (step 5)",
  ]);
});

test("at a server: the requests that name the same thing, and not who has connected meanwhile", () => {
  const steps = [
    entry(1, "socket", "send to db", { detail: "get lock → _" }),
    entry(2, "socket", "connect to db", { process: "other" }),
    entry(3, "socket", "send to db", { process: "other", detail: "info → redis" }),
    entry(4, "socket", "send to db", { process: "other", detail: "get lock → _" }),
    entry(5, "socket", "send to db", { process: "other", detail: "set lock 1 → +OK" }),
    entry(6, "socket", "send to db", { detail: "set lock 1 → +OK" }),
  ];
  const footprint = { reads: [], writes: ["server 10.0.0.1"] };
  const asked = steps.map(({ step }) => ({ entry: step, preempts: step === 2, footprint }));
  expect(explain(steps, asked, [])).toEqual([
    "server 'send to db' get lock → _ (step 1), then other 'send to db' set lock 1 → +OK (step 5) before server 'send to db' set lock 1 → +OK (step 6)",
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
