import type { History, Operation } from "../harness/history.ts";

/**
 * Who certainly held what, and when. Mutual exclusion, counted holders and the monitors of locks and semaphores all stand
 * on this one notion: the definite hold of an acquire is the open interval from its return to the call of its release.
 */
export interface Hold {
  readonly process: string;
  /** The operation that began it. */
  readonly start: Operation;
  /** The operation that ended it; null where none did. */
  readonly stop: Operation | null;
  /** Rank after which it certainly lasts. */
  readonly from: number;
  /** Rank before which it certainly lasts; Infinity if it was never given up. */
  readonly until: number;
  /** True if one operation is the whole hold. */
  readonly section: boolean;
}

export interface HoldOptions {
  /** Names of the operations that take. Default: acquire, acquireSync, tryAcquire. */
  readonly acquire?: readonly string[];
  /** Names of the operations that give back. Default: release, releaseSync. */
  readonly release?: readonly string[];
  /** Only the object of this name; default: each object for itself. */
  readonly object?: string;
  /** True if one process may hold it several times over, as a re-entrant lock. Default: false. */
  readonly reentrant?: boolean;
  /** True if a process may give back what another one took, as with a semaphore. Default: false. */
  readonly transferable?: boolean;
  /** What the death of a holder does. Default: `releases`, the weaker demand. */
  readonly death?: "releases" | "holds";
}

export const ACQUIRE_NAMES: readonly string[] = ["acquire", "acquireSync", "tryAcquire"];
export const RELEASE_NAMES: readonly string[] = ["release", "releaseSync"];

/** The definite holds of each object, each list in the order in which they began. */
export function holdsOf(history: History, options: HoldOptions = {}): Map<string | null, Hold[]> {
  const acquire = new Set(options.acquire ?? ACQUIRE_NAMES);
  const release = new Set(options.release ?? RELEASE_NAMES);
  const groups = new Map<string | null, Operation[]>();
  for (const operation of history.operations) {
    if (!acquire.has(operation.operation) && !release.has(operation.operation)) continue;
    if (options.object !== undefined && operation.object !== options.object) continue;
    const group = groups.get(operation.object);
    if (group === undefined) groups.set(operation.object, [operation]);
    else group.push(operation);
  }
  const lastMoves = options.death === "holds" ? new Map<string, number>() : lastMovesOfTheDead(history);
  const result = new Map<string | null, Hold[]>();
  for (const [object, group] of groups) result.set(object, holdsOfOne(group, acquire, options, lastMoves));
  return result;
}

/** Each operation of that name as a hold from its invocation to its return. */
export function sectionsOf(history: History, name: string): Hold[] {
  const lastMoves = lastMovesOfTheDead(history);
  return history.operations
    .filter((operation) => operation.operation === name)
    .map((operation) => ({
      process: operation.process,
      start: operation,
      stop: operation,
      from: operation.invoked,
      until: operation.returned ?? lastMoves.get(operation.process) ?? Infinity,
      section: true,
    }));
}

/**
 * The first moment at which more than `limit` holds certainly last together, as the `limit` + 1 holds of that moment,
 * earliest first; null if there is none. Touching intervals do not overlap: equal ranks count as concurrent.
 */
export function firstCrowd(holds: readonly Hold[], limit: number): Hold[] | null {
  const byStart = holds
    .filter((hold) => hold.from < hold.until)
    .sort((a, b) => a.from - b.from || a.start.id - b.start.id);
  let open: Hold[] = [];
  for (const hold of byStart) {
    open = open.filter((other) => other.until > hold.from);
    open.push(hold);
    if (open.length > limit) return open;
  }
  return null;
}

function holdsOfOne(
  group: readonly Operation[],
  acquire: ReadonlySet<string>,
  options: HoldOptions,
  lastMoves: ReadonlyMap<string, number>,
): Hold[] {
  const events: { rank: number; begins: boolean; operation: Operation }[] = [];
  for (const operation of group) {
    if (!acquire.has(operation.operation)) events.push({ rank: operation.invoked, begins: false, operation });
    else if (operation.outcome === "returned" && operation.result !== false) {
      events.push({ rank: operation.returned!, begins: true, operation });
    }
  }
  // At equal ranks a hold begins before one ends: a release that was called at that rank may belong to it.
  events.sort((a, b) => a.rank - b.rank || Number(b.begins) - Number(a.begins) || a.operation.id - b.operation.id);
  const holds: Hold[] = [];
  const open = new Map<string, Operation[]>();
  const close = (start: Operation, stop: Operation | null): void => {
    holds.push({
      process: start.process,
      start,
      stop,
      from: start.returned!,
      until: stop?.invoked ?? lastMoves.get(start.process) ?? Infinity,
      section: false,
    });
  };
  for (const { begins, operation } of events) {
    const owner = options.transferable === true ? "" : operation.process;
    const held = open.get(owner) ?? [];
    open.set(owner, held);
    if (begins) held.push(operation);
    // Whose hold a transferable release ends cannot be known; ending the oldest leaves the same number in every moment.
    else if (options.transferable === true && held.length > 0) close(held.shift()!, operation);
    // The outermost acquire of a re-entrant lock holds until the last release; the inner ones make no holds of their own.
    else if (options.reentrant === true && held.length > 1) held.pop();
    else if (held.length > 0) close(held.pop()!, operation);
  }
  for (const held of open.values()) {
    for (const start of options.reentrant === true ? held.slice(0, 1) : held) close(start, null);
  }
  return holds.sort((a, b) => a.from - b.from || a.start.id - b.start.id);
}

/** For each process that was killed or left: the rank of its last recorded move. Its death came at some moment after it. */
function lastMovesOfTheDead(history: History): Map<string, number> {
  const dead = new Set(
    history.processes.filter(({ end }) => end === "killed" || end === "exited").map(({ process }) => process),
  );
  const last = new Map<string, number>();
  for (const { process, invoked, returned } of history.operations) {
    if (dead.has(process)) last.set(process, Math.max(last.get(process) ?? 0, returned ?? invoked));
  }
  return last;
}
