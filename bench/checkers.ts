import { fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Operation } from "../harness/history.ts";
import { columnsOf } from "../properties/columns.ts";
import { writeColumnar } from "../properties/histories/columnar.ts";
import { readHistory } from "../properties/histories/read-history.ts";
import { recordingOf } from "../properties/histories/recording.ts";
import { checkLinearizable, decideLinearizable } from "../properties/linearizability/check.ts";
import type { Model } from "../properties/model.ts";
import {
  casRegisterModel,
  eventModel,
  joinableCounterModel,
  keyValueMapModel,
  lockModel,
  queueModel,
  registerModel,
  semaphoreModel,
  stackModel,
} from "../properties/models/index.ts";
import { type Draw, drawFrom, randomHistory } from "../properties/random-history.ts";
import type { Bench, BenchRow } from "./bench.ts";

/**
 * How long the checkers take: for histories of 16 clients from the columnar file to the verdict, each in a process of its own,
 * right and with one planted violation; for the shapes on which a general search dies; for logs of real systems. The
 * ratio of a row of 100,000 or 1,000,000 operations is its time over that of the row ten times shorter.
 */
export const checkers: Bench = {
  name: "checkers",
  async run() {
    const folder = mkdtempSync(join(tmpdir(), "forkcheck-bench-"));
    try {
      return [...(await longRows(folder)), ...hardRows(), ...realRows()];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const CLIENTS = 16;
const LENGTHS = [10_000, 100_000, 1_000_000] as const;

/** What clients of an object do, and how one violation is planted in what they did. */
interface Kind {
  readonly model: Model<any>;
  /** The next call of a client. */
  calls(): (draw: Draw, serial: number, client: number) => { operation: string; args: readonly unknown[] };
  /** The history with one answer wrong, about the middle. */
  plant(operations: readonly Operation[]): Operation[];
}

const KINDS: Readonly<Record<string, Kind>> = {
  queue: { model: queueModel(), calls: () => inTurn("put", "get"), plant: (all) => swapAnswers(all, "get") },
  stack: { model: stackModel(), calls: () => inTurn("push", "pop"), plant: (all) => swapAnswers(all, "pop") },
  register: {
    model: registerModel(0),
    calls: () => (draw, serial) =>
      draw(2) === 0 ? { operation: "read", args: [] } : { operation: "write", args: [serial + 1] },
    plant: (all) => swapAnswers(all, "read"),
  },
  lock: { model: lockModel(), calls: () => inTurn("acquire", "release"), plant: (all) => without(all, "release") },
  semaphore: {
    model: semaphoreModel(4),
    calls: () => inTurn("acquire", "release"),
    plant: (all) => withoutSome(all, "release", 4),
  },
  joinable: {
    model: joinableCounterModel(),
    calls: () => {
      const work = inTurn("put", "taskDone");
      return (draw, serial, client) => (client === 0 ? { operation: "join", args: [] } : work(draw, serial, client));
    },
    plant: withEarlyJoin,
  },
};

/** A client that does the one, then the other, so that every history stays in the middle of what can happen. */
function inTurn(
  one: string,
  other: string,
): (draw: Draw, serial: number, client: number) => { operation: string; args: readonly unknown[] } {
  const next = new Map<number, boolean>();
  const valued = one === "put" || one === "push";
  return (_, serial, client) => {
    const second = next.get(client) ?? false;
    next.set(client, !second);
    return second ? { operation: other, args: [] } : { operation: one, args: valued ? [serial] : [] };
  };
}

async function longRows(folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, kind] of Object.entries(KINDS)) {
    const shorter = new Map<string, number>();
    for (const length of LENGTHS) {
      const workload = { model: waiting(kind.model), operations: length, clients: CLIENTS, call: kind.calls() };
      const right = randomHistory(workload, drawFrom(8)).filter(({ outcome }) => outcome === "returned");
      for (const [what, operations] of [
        ["right", right],
        ["one violation", kind.plant(right)],
      ] as const) {
        const file = join(folder, "history");
        writeFileSync(file, writeColumnar(recordingOf(operations)));
        const { ms, megabytes, verdict } = await checkedElsewhere(name, file);
        const expected = what === "right" ? "holds" : "violated";
        if (verdict !== expected)
          throw new Error(`The ${name} history (${what}) of ${length} is ${verdict}; the bench expected ${expected}.`);
        const before = shorter.get(what);
        const row = {
          name: `${name}, ${what}, ${length.toLocaleString("en")} operations`,
          value: round(ms),
          unit: "ms",
        };
        rows.push(
          before === undefined
            ? row
            : { ...row, peer: "a tenth of the length", peerValue: round(before), ratio: round(ms / before) },
        );
        if (length === LENGTHS.at(-1))
          rows.push({ name: `${name}, ${what}, memory of the process`, value: megabytes, unit: "MB" });
        shorter.set(what, ms);
      }
    }
  }
  return rows;
}

/** The model of an object whose clients wait rather than be refused. */
function waiting(model: Model<any>): Model<any> {
  return { ...model, step: (state, call) => model.step(state, call).filter((step) => step.result !== false) };
}

interface Measured {
  readonly ms: number;
  readonly megabytes: number;
  readonly verdict: string;
}

/** Reads and checks in a new process, so that neither warm code nor old memory is counted as the checker's. */
function checkedElsewhere(kind: string, file: string): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [ONCE, kind, file], { execArgv: process.execArgv });
    child.once("message", (message) => resolve(message as Measured));
    child.once("exit", (status) =>
      reject(new Error(`The process that checked ${kind} ended with ${status} and no answer.`)),
    );
  });
}

const ONCE = "--check-once";

if (process.argv[2] === ONCE) {
  const [, , , kind, file] = process.argv as [string, string, string, string, string];
  const start = performance.now();
  const { columns } = readHistory(readFileSync(file));
  const { verdict } = checkLinearizable(columns, KINDS[kind].model);
  const ms = performance.now() - start;
  process.send!({ ms, megabytes: Math.round(process.resourceUsage().maxRSS / 1024), verdict } satisfies Measured);
}

/** The shapes on which Porcupine, a general search, gives no verdict in a minute or takes gigabytes. */
function hardRows(): BenchRow[] {
  const queue = historyOf(queueModel(), 16, 1_600, inTurn("put", "get"), 3);
  const flags = ["set", "clear", ...Array.from({ length: 30 }, () => "isSet")];
  const event = historyOf(eventModel(), 32, 32_000, (draw) => ({ operation: flags[draw(flags.length)], args: [] }), 4);
  const flipped = withWrongAnswer(event, "isSet", eventModel(), (set) => set === false);
  const crashed = crashing(historyOf(casRegisterModel(0), 4, 4_000, casCalls, 5), 16);
  const cas = withWrongAnswer(crashed, "read", casRegisterModel(0), (value) => ((value as number) + 1) % 5);
  return [
    hardRow("queue, 16 clients x 100, right", queue, queueModel(), "holds"),
    hardRow("queue, 16 clients x 100, one violation", swapAnswers(queue, "get"), queueModel(), "violated"),
    hardRow("event, 32 clients x 1,000, right", event, eventModel(), "holds"),
    hardRow("event, 32 clients x 1,000, one flipped answer", flipped, eventModel(), "violated"),
    hardRow(
      "compare-and-set, 4 clients x 1,000, 16 never returned, one violation",
      cas,
      casRegisterModel(0),
      "violated",
    ),
  ];
}

function casCalls(draw: Draw): { operation: string; args: readonly unknown[] } {
  const what = draw(3);
  if (what === 0) return { operation: "read", args: [] };
  return what === 1 ? { operation: "write", args: [draw(5)] } : { operation: "cas", args: [draw(5), draw(5)] };
}

function hardRow(name: string, operations: readonly Operation[], model: Model<any>, expected: string): BenchRow {
  const columns = columnsOf({ input: null, operations, processes: [], final: null });
  const ms = fastest(5, () => {
    const verdict = decideLinearizable(columns, model);
    if (verdict !== expected) throw new Error(`The history "${name}" is ${verdict}; the bench expected ${expected}.`);
  });
  return { name, value: round(ms), unit: "ms" };
}

/** Logs of real systems, which stand beside the checkout; no rows where they are missing. */
function realRows(): BenchRow[] {
  const data = fileURLToPath(new URL("../../shared/data/", import.meta.url));
  if (!existsSync(data)) return [];
  const logs = readdirSync(`${data}etcd`).map((name) => readHistory(readFileSync(`${data}etcd/${name}`)).columns);
  const rows: BenchRow[] = [
    {
      name: `${logs.length} etcd logs, all verdicts`,
      value: round(fastest(40, () => logs.map((columns) => decideLinearizable(columns, casRegisterModel(null))))),
      unit: "ms",
    },
  ];
  for (const name of ["c10-ok.txt", "c10-bad.txt"]) {
    const { columns } = readHistory(readFileSync(`${data}kv/${name}`));
    const ms = fastest(40, () => decideLinearizable(columns, keyValueMapModel({ absent: "" })));
    rows.push({ name: `key-value ${name}, all keys`, value: round(ms), unit: "ms" });
  }
  return rows;
}

function historyOf(
  model: Model<any>,
  clients: number,
  operations: number,
  call: (draw: Draw, serial: number, client: number) => { operation: string; args: readonly unknown[] },
  seed: number,
): Operation[] {
  return randomHistory({ model, operations, clients, call }, drawFrom(seed)).filter(
    ({ outcome }) => outcome === "returned",
  );
}

/** So many operations, spread over the first half, never return; what their processes do later is another process's. */
function crashing(operations: readonly Operation[], count: number): Operation[] {
  const every = Math.floor(operations.length / 2 / count);
  const generation = new Map<string, number>();
  return operations.map((operation, at) => {
    const process = `${operation.process}.${generation.get(operation.process) ?? 0}`;
    if (operation.operation === "read" || at % every !== 0 || at / every >= count) return { ...operation, process };
    generation.set(operation.process, (generation.get(operation.process) ?? 0) + 1);
    return { ...operation, process, outcome: "pending", result: undefined, returned: null };
  });
}

/** Two answers in the middle exchanged, of operations far enough apart that neither can be the other's. */
function swapAnswers(operations: readonly Operation[], name: string): Operation[] {
  const middle = Math.floor(operations.length / 2);
  const one = operations.find(
    ({ operation, invoked, outcome }, at) =>
      at >= middle && operation === name && outcome === "returned" && invoked > 0,
  )!;
  const other = operations.find(
    ({ operation, result, outcome, invoked }, at) =>
      at > middle + 200 &&
      operation === name &&
      outcome === "returned" &&
      result !== one.result &&
      invoked > one.returned!,
  )!;
  return operations.map((operation) =>
    operation === one
      ? { ...one, result: other.result }
      : operation === other
        ? { ...other, result: one.result }
        : operation,
  );
}

/** One answer in the second half changed so that there is no explanation left; others may make up for a single one. */
function withWrongAnswer(
  operations: readonly Operation[],
  name: string,
  model: Model<any>,
  other: (result: unknown) => unknown,
): Operation[] {
  const middle = Math.floor(operations.length / 2);
  const candidates = operations.filter(
    ({ operation, outcome }, at) => at >= middle && operation === name && outcome === "returned",
  );
  for (const flipped of candidates) {
    const wrong = operations.map((operation) =>
      operation === flipped ? { ...flipped, result: other(flipped.result) } : operation,
    );
    const columns = columnsOf({ input: null, operations: wrong, processes: [], final: null });
    if (decideLinearizable(columns, model) === "violated") return wrong;
  }
  throw new Error(`No changed answer of "${name}" makes the history wrong; give it another seed.`);
}

function without(operations: readonly Operation[], name: string): Operation[] {
  return withoutSome(operations, name, 1);
}

function withoutSome(operations: readonly Operation[], name: string, count: number): Operation[] {
  const middle = Math.floor(operations.length / 2);
  let left = count;
  return operations.filter(({ operation }, at) => {
    if (at < middle || operation !== name || left === 0) return true;
    left -= 1;
    return false;
  });
}

/** One more join, in the second half, that returned at once while a task was unfinished for sure. */
function withEarlyJoin(operations: readonly Operation[]): Operation[] {
  const events = operations
    .flatMap(({ operation, invoked, returned }) =>
      operation === "put"
        ? [{ rank: returned!, change: 1 }]
        : operation === "taskDone"
          ? [{ rank: invoked, change: -1 }]
          : [],
    )
    .sort((a, b) => a.rank - b.rank);
  const middle = operations[Math.floor(operations.length / 2)].invoked;
  let unfinished = 0;
  for (const { rank, change } of events) {
    unfinished += change;
    if (rank < middle || unfinished < 1) continue;
    const [first] = operations;
    const early = {
      ...first,
      id: operations.length,
      process: "early",
      operation: "join",
      args: [],
      result: undefined,
    };
    return [...operations, { ...early, invoked: rank + 0.25, returned: rank + 0.5 }].sort(
      (a, b) => a.invoked - b.invoked,
    );
  }
  return [...operations];
}

function fastest(times: number, work: () => unknown): number {
  let best = Infinity;
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
