import type { Operation, ProcessEnd } from "../../harness/history.ts";
import type { Counterexample } from "../../harness/result.ts";
import type { FaultEventKind, StepKind, TraceEntry } from "../../harness/trace.ts";
import { listLanes } from "./lanes.ts";
import { findBlocked, findPreemptions, isStep } from "./movement.ts";
import { noteSteps } from "./notes.ts";
import type { Notes } from "./notes.ts";

/**
 * One run laid out in columns of processes and rows of steps. The terminal and the page draw it; neither decides anything
 * that is decided here. It is plain data without a size: what fits on a screen is the painter's business.
 */
export interface Diagram {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Operations, ordered by the row that they begin at. */
  readonly spans: readonly Span[];
  /** Times during which a process slept and could not have moved. */
  readonly blocked: readonly Blocked[];
  /** Sentences of the explanation that belong to no step. */
  readonly prose: readonly string[];
}

export interface Column {
  readonly process: string;
  readonly role: string;
  /** How the process ended; null if the run does not say. */
  readonly end: ProcessEnd | null;
}

export type Row = MomentRow | EndRow;

/** A step, or an event inside one. */
export interface MomentRow {
  readonly kind: "moment";
  /** Number in the trace. */
  readonly step: number;
  readonly column: number;
  readonly entry: TraceEntry;
  /** What was done: "read stock", "buy(2)". */
  readonly action: string;
  /** The value that moved, with its arrow; empty if none did. */
  readonly value: string;
  readonly weight: "step" | "return" | "throw" | "print";
  /** How deep in operations it lies: 0 outside or directly in an outermost one. */
  readonly depth: number;
  /** True if another process moved before it. */
  readonly switched: boolean;
  /** The column whose process could have gone on and was made to wait by this switch; null if none was. */
  readonly preempted: number | null;
  /** Why this row matters, in sentences. */
  readonly notes: readonly string[];
  /** Lines that the process printed here. */
  readonly prints: readonly string[];
  /** What every process is doing while this row happens, by column. */
  readonly lanes: readonly Lane[];
}

/** A process ended in another way than by returning. */
export interface EndRow {
  readonly kind: "end";
  /** Number in the trace; null if it ended because nobody could move any more. */
  readonly step: number | null;
  readonly column: number;
  readonly end: Exclude<ProcessEnd["end"], "finished">;
  /** The ending in words: "waits for lock, for ever". */
  readonly action: string;
  readonly notes: readonly string[];
  readonly lanes: readonly Lane[];
}

/** `here`: it takes this row. `inside`: it pauses within an operation. `blocked`: it sleeps. `over`: it has ended. */
export type Lane = "here" | "inside" | "blocked" | "idle" | "over";

export interface Span {
  readonly operation: Operation;
  readonly column: number;
  /** Steps of the trace, both included; `to` is null while the operation is pending. */
  readonly from: number;
  readonly to: number | null;
}

export interface Blocked {
  readonly column: number;
  /** The step at which it went to sleep, and the one at which it went on; null if it never did. */
  readonly from: number;
  readonly to: number | null;
  readonly object: string | null;
}

/** What a diagram is made of; a `Counterexample` is one. */
export type Run = Pick<Counterexample, "trace" | "history" | "ends" | "explanation"> &
  Partial<Pick<Counterexample, "switchRoles">>;

/** Lays a run out. The same run gives the same diagram. */
export function layOut(run: Run): Diagram {
  const columns = listColumns(run);
  const indexOf = new Map(columns.map((column, index) => [column.process, index]));
  const spans = listSpans(run.history, indexOf);
  const blocked = findBlocked(run, indexOf);
  const { notes, prose } = noteSteps(run);
  const rows = listRows(run, columns, indexOf, notes);
  const lanes = listLanes(rows, columns.length, spans, blocked);
  return { columns, rows: rows.map((row, index): Row => ({ ...row, lanes: lanes[index] })), spans, blocked, prose };
}

/** Processes in the order of their ends, which is the scenario's order; then any that only the trace knows. */
function listColumns(run: Run): readonly Column[] {
  const columns = run.ends.map((end): Column => ({ process: end.process, role: end.role, end }));
  const known = new Set(columns.map((column) => column.process));
  for (const { process } of [...run.trace, ...run.history]) {
    if (known.has(process)) continue;
    known.add(process);
    columns.push({ process, role: process, end: null });
  }
  return columns;
}

function listSpans(history: readonly Operation[], indexOf: ReadonlyMap<string, number>): readonly Span[] {
  return history
    .map((operation) => ({
      operation,
      column: indexOf.get(operation.process)!,
      from: operation.invoked,
      to: operation.returned,
    }))
    .sort((a, b) => a.from - b.from || a.operation.depth - b.operation.depth || a.operation.id - b.operation.id);
}

/** A row before it is known what the other processes are doing. */
type BareRow = Omit<MomentRow, "lanes"> | Omit<EndRow, "lanes">;

function listRows(
  run: Run,
  columns: readonly Column[],
  indexOf: ReadonlyMap<string, number>,
  notes: Notes,
): readonly BareRow[] {
  const preemptions = findPreemptions(run.trace);
  const returns = new Map(
    run.history.flatMap((operation) =>
      operation.returned === null ? [] : [[`${operation.process} ${operation.returned}`, operation] as const],
    ),
  );
  const ended = new Set<number>();
  const rows: BareRow[] = [];
  let mover: string | null = null;
  const fatal = fatalErrors(run);
  for (const entry of run.trace) {
    const column = indexOf.get(entry.process)!;
    const written = fatal.has(entry)
      ? [...(notes.get(entry.step) ?? []), describeFatal(entry)]
      : (notes.get(entry.step) ?? []);
    // Its row says already how the process ended.
    if (fatal.has(entry)) ended.add(column);
    if (entry.kind === "end") {
      ended.add(column);
      const row = endRow(columns[column], column, entry.step, written);
      if (row !== null) rows.push(row);
      continue;
    }
    const last = rows.at(-1);
    if (entry.kind === "print" && last?.kind === "moment" && last.column === column) {
      rows[rows.length - 1] = {
        ...last,
        prints: [...last.prints, ...printedLines(entry)],
        notes: [...last.notes, ...written],
      };
      continue;
    }
    const switched = isStep(entry) && mover !== null && mover !== entry.process;
    const preempted: string | undefined = switched ? preemptions.get(entry.step) : undefined;
    if (isStep(entry)) mover = entry.process;
    const death = entry.kind === "kill" ? endRow(columns[column], column, entry.step, written) : null;
    if (death !== null) {
      ended.add(column);
      rows.push({ ...death, action: `was killed ${entry.detail.replace(/^before: (.*)$/, "before '$1'")}`.trimEnd() });
      continue;
    }
    rows.push({
      kind: "moment",
      step: entry.step,
      column,
      entry,
      ...describe(entry, returns.get(`${entry.process} ${entry.step}`)),
      switched,
      preempted: preempted === undefined ? null : indexOf.get(preempted)!,
      notes: written,
      prints: entry.kind === "print" ? printedLines(entry) : [],
    });
  }
  for (const [index, column] of columns.entries()) {
    const row = ended.has(index) ? null : endRow(column, index, null, lastPlace(run.trace, column.process));
    if (row !== null) rows.push(row);
  }
  return rows;
}

/** Where it is that a process ended without a step of its own: waiting, or taking too long over what follows this place. */
function lastPlace(trace: readonly TraceEntry[], process: string): string[] {
  const source = trace.findLast((entry) => entry.process === process && isStep(entry))?.source ?? null;
  return source === null ? [] : [`at ${fileOf(source)}`];
}

function fileOf(place: string): string {
  return place.slice(place.lastIndexOf("/") + 1);
}

/** The errors that processes ended by, nobody having caught them: of each process's events the last. */
function fatalErrors({ trace, ends }: Run): ReadonlySet<TraceEntry> {
  const threw = ends.filter(({ end }) => end === "threw");
  return new Set(
    threw.flatMap(({ process }) => {
      const last = trace.findLast((entry) => entry.process === process);
      return last?.kind === "throw" ? last : [];
    }),
  );
}

/** All of it, for the row may have no room; and where the error came from. */
function describeFatal({ detail, source }: TraceEntry): string {
  const place = source === null ? "" : `, at ${fileOf(source)}`;
  return `ends with ${detail.slice(2)}${place}`;
}

function describe(
  entry: TraceEntry,
  returning: Operation | undefined,
): Pick<MomentRow, "action" | "value" | "weight" | "depth"> {
  switch (entry.kind) {
    case "return":
    case "throw":
      // An error that came out of no operation has nothing else to be named after.
      if (returning === undefined && entry.label === "")
        return { action: entry.detail, value: "", weight: entry.kind, depth: 0 };
      return {
        action: returning === undefined ? entry.label : nameCall(returning, entry.label),
        // That nothing was returned is what a reader assumes anyway.
        value: entry.detail === "→ undefined" ? "" : entry.detail,
        weight: entry.kind,
        depth: returning?.depth ?? 0,
      };
    case "print":
    case "end":
      return { action: "prints", value: "", weight: "print", depth: 0 };
    default:
      return {
        action: entry.label === "" ? unnamed[entry.kind] : entry.label,
        value: entry.detail,
        weight: "step",
        depth: 0,
      };
  }
}

/** What stands for a step that has no label of its own. */
const unnamed: Readonly<Record<StepKind | FaultEventKind, string>> = {
  read: "reads",
  write: "writes",
  update: "updates",
  wait: "waits",
  wake: "wakes others",
  resume: "goes on",
  timeout: "goes on: time is up",
  sleep: "slept",
  think: "took its time",
  copy: "copies bytes",
  step: "moves",
  file: "touches a file",
  socket: "asks a server",
  message: "tells another process",
  receive: "hears from another process",
  start: "begins",
  kill: "killed",
  pause: "stands still",
  spurious: "wakes up for no reason",
  jump: "the wall clock jumps",
  restart: "begins anew",
};

/** "queue.put(7)", "buy(2)", "buy": the steps of an operation do not show its arguments, so that its return has to. */
function nameCall({ object, operation, args }: Operation, label: string): string {
  const listed = args.map((arg) => JSON.stringify(arg) ?? String(arg)).join(", ");
  if (object !== null) return `${object}.${operation}(${listed})`;
  return args.length === 0 ? label : `${operation}(${listed})`;
}

function printedLines(entry: TraceEntry): readonly string[] {
  const text = entry.detail === "" ? entry.label : entry.detail;
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

function endRow(
  column: Column,
  index: number,
  step: number | null,
  notes: readonly string[],
): Omit<EndRow, "lanes"> | null {
  if (column.end === null || column.end.end === "finished") return null;
  return { kind: "end", step, column: index, end: column.end.end, action: endInWords(column.end), notes };
}

function endInWords({ end, reason }: ProcessEnd): string {
  switch (end) {
    case "finished":
      return "finished";
    case "threw":
      return reason === "" ? "threw an error" : `threw ${reason}`;
    case "blocked":
      return reason === "" ? "waits for ever" : `waits for ${reason.replace(/^wait(s|ed|ing)? for /, "")}, for ever`;
    case "exited":
      return reason === "" ? "exited" : `exited with status ${reason.replace(/^status /, "")}`;
    case "killed":
      return reason === "" ? "was killed" : `was killed by ${reason}`;
    case "stopped":
      return reason === "" ? "was still moving" : `was still moving: ${reason}`;
  }
}
