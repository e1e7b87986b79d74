import type { Operation } from "../../harness/history.ts";
import { EdnReader } from "./edn.ts";
import { HistoryFileError } from "./recording.ts";

/**
 * A Jepsen history: EDN maps with :process, :type, :f and :value, one a line or all in one vector, in the order of time.
 *
 * `:invoke` and the next event of the same process make an operation. `:ok` returned. `:fail` certainly had no effect: it is
 * left out, except a failed `:cas`, which answers false. `:info`, and no event at all, leave it pending for ever, and
 * its process may not be used again. An argument of nil is none, and the value of `:ok` is then the answer; the value of
 * a `:cas` is [expected next]; a `:key` is the first argument. Events of processes that are no numbers (the nemesis)
 * are left alone.
 *
 * @throws {HistoryFileError} with the number of every line that is not like that.
 */
export function readJepsen(text: string): Operation[] {
  return operationsOf(ednEvents(text));
}

/**
 * The log lines that Jepsen's test harness prints: `INFO jepsen.util - PROCESS :TYPE :F VALUE`, in the order of time. All other
 * lines are noise. The values are EDN, and mean what they mean in a Jepsen history.
 *
 * @throws {HistoryFileError} with the number of every line that begins like that and does not go on so.
 */
export function readJepsenLog(text: string): Operation[] {
  const events: Event[] = [];
  const problems: { line: number; what: string }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const match = LOG_LINE.exec(line);
    if (match === null) continue;
    const [, process, type, f, value] = match;
    try {
      events.push({
        line: index + 1,
        process: Number(process),
        type: type,
        f: f,
        value: new EdnReader(value).read(),
        key: undefined,
      });
    } catch (error) {
      problems.push({ line: index + 1, what: (error as Error).message });
    }
  }
  if (problems.length > 0) throw new HistoryFileError(problems, ADVICE);
  return operationsOf(events);
}

export const LOG_LINE = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(\w+)\s+:([\w-]+)\s+(.+)$/;

const ADVICE = "Correct these lines; docs/checking-histories.md describes the format.";

interface Event {
  readonly line: number;
  readonly process: number;
  readonly type: string;
  readonly f: string;
  readonly value: unknown;
  readonly key: unknown;
}

function ednEvents(text: string): Event[] {
  const events: Event[] = [];
  const problems: { line: number; what: string }[] = [];
  const whole = text.trimStart().startsWith("[") || text.trimStart().startsWith("(");
  const enter = (value: unknown, line: number): void => {
    const event = eventOf(value, line);
    if (typeof event === "string") problems.push({ line, what: event });
    else if (event !== null) events.push(event);
  };
  if (whole) {
    try {
      const all = new EdnReader(text).read();
      for (const [index, value] of (all as unknown[]).entries()) enter(value, index + 1);
    } catch (error) {
      problems.push({ line: 1, what: (error as Error).message });
    }
  } else {
    for (const [index, line] of text.split("\n").entries()) {
      const reader = new EdnReader(line);
      try {
        while (!reader.ended()) enter(reader.read(), index + 1);
      } catch (error) {
        problems.push({ line: index + 1, what: (error as Error).message });
      }
    }
  }
  if (problems.length > 0) throw new HistoryFileError(problems, ADVICE);
  return events;
}

/** The event, null if it is none of a client, or what is wrong. */
function eventOf(value: unknown, line: number): Event | string | null {
  if (!(value instanceof Map)) return "it is no map";
  const process: unknown = value.get("process");
  if (typeof process === "string") return null;
  if (typeof process !== "number") return "it has no :process";
  const type: unknown = value.get("type");
  const f: unknown = value.get("f");
  if (type !== "invoke" && type !== "ok" && type !== "fail" && type !== "info")
    return ":type is none of :invoke, :ok, :fail, :info";
  if (typeof f !== "string") return "it has no :f";
  return { line, process, type, f, value: value.get("value") ?? null, key: value.get("key") };
}

function operationsOf(events: readonly Event[]): Operation[] {
  const open = new Map<number, { event: Event; rank: number }>();
  const retired = new Set<number>();
  const operations: Operation[] = [];
  const problems: { line: number; what: string }[] = [];
  for (const [rank, event] of events.entries()) {
    const begun = open.get(event.process);
    if (event.type === "invoke") {
      if (retired.has(event.process))
        problems.push({ line: event.line, what: `process ${event.process} goes on after :info` });
      if (begun !== undefined)
        problems.push({ line: event.line, what: `process ${event.process} has not finished its :${begun.event.f}` });
      open.set(event.process, { event, rank });
      continue;
    }
    open.delete(event.process);
    if (event.type === "info") retired.add(event.process);
    if (begun === undefined || begun.event.f !== event.f) {
      problems.push({ line: event.line, what: `process ${event.process} has no :${event.f} open` });
    } else if (event.type === "info") operations.push(operationOf(begun, null, 0));
    else if (event.type === "ok" || event.f === "cas") operations.push(operationOf(begun, event, rank));
  }
  if (problems.length > 0) throw new HistoryFileError(problems, ADVICE);
  for (const begun of open.values()) operations.push(operationOf(begun, null, 0));
  return operations.sort((a, b) => a.invoked - b.invoked).map((operation, id) => ({ ...operation, id }));
}

function operationOf({ event, rank }: { event: Event; rank: number }, end: Event | null, returned: number): Operation {
  const key = event.key === undefined ? [] : [event.key];
  const value =
    event.value === null ? [] : event.f === "cas" && Array.isArray(event.value) ? event.value : [event.value];
  const answer = event.f === "cas" ? end?.type === "ok" : event.value === null ? (end?.value ?? null) : undefined;
  return {
    id: 0,
    process: String(event.process),
    operation: event.f,
    object: null,
    args: [...key, ...(value as unknown[])],
    result: end === null ? undefined : answer,
    outcome: end === null ? "pending" : "returned",
    invoked: rank,
    returned: end === null ? null : returned,
    depth: 0,
  };
}
