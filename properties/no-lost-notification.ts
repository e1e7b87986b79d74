import type { Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { objectsOf } from "./fifo.ts";
import { counted, listed } from "./wording.ts";

/**
 * No notification of a condition is lost: while somebody waits, every `notify(n)` makes n waits return true, or all there are,
 * and `notifyAll` all of them. It is judged by those who wait to the end: as long as one of them waits there is somebody
 * for every notification, so that as many waits must return as were notified. Relies on the rule that wait and notify are
 * called with the lock held: a wait that was called before a notify was called is then waiting.
 *
 * A wait that timed out (false) was not notified; one whose process died may have been, and one that threw, because it may not
 * have got the lock again.
 *
 * @example
 * noLostNotification({ object: "ready" }).check(history)?.message;
 * // "notifier notified once, and nobody woke up, while waiter 1 was waiting"
 */
export function noLostNotification(options: { readonly object?: string } = {}): Property {
  return {
    name: "no-lost-notification",
    claim: "a notification wakes somebody if anybody waits",
    perObject: true,
    check(history) {
      const dead = new Set(
        history.processes.filter(({ end }) => end === "killed" || end === "exited").map(({ process }) => process),
      );
      const own = history.operations.filter(({ operation }) => NAMES.has(operation));
      for (const object of objectsOf(own, options.object)) {
        const operations = own.filter((operation) => operation.object === object);
        const waits = operations.filter(({ operation }) => WAITS.has(operation));
        for (const sleeper of waits) {
          if (sleeper.outcome !== "pending" || dead.has(sleeper.process)) continue;
          const violation = lostBeside(sleeper, waits, operations, dead);
          if (violation !== null) return violation;
        }
      }
      return null;
    },
  };
}

const WAITS: ReadonlySet<string> = new Set(["wait", "waitSync"]);
const NAMES: ReadonlySet<string> = new Set([...WAITS, "notify", "notifyAll", "notify_all"]);

function lostBeside(
  sleeper: Operation,
  waits: readonly Operation[],
  operations: readonly Operation[],
  dead: ReadonlySet<string>,
): { message: string; operations: number[] } | null {
  const after = operations.filter(
    ({ operation, outcome, invoked }) => !WAITS.has(operation) && outcome === "returned" && invoked > sleeper.invoked,
  );
  if (after.length === 0) return null;
  const all = after.find(({ operation }) => operation !== "notify");
  if (all !== undefined) {
    return {
      message: `${all.process} notified all, and ${sleeper.process}, which was waiting, never woke up`,
      operations: [sleeper.id, all.id].sort((a, b) => a - b),
    };
  }
  const first = Math.min(...after.map(({ invoked }) => invoked));
  const notified = after.reduce((sum, { args }) => sum + (typeof args[0] === "number" ? Math.max(0, args[0]) : 1), 0);
  const woken = waits.filter(
    ({ outcome, result, returned }) => outcome === "returned" && result !== false && returned! > first,
  );
  const doubtful = waits.filter(
    ({ outcome, process, returned }) =>
      (outcome === "pending" && dead.has(process)) || (outcome === "threw" && returned! > first),
  );
  if (woken.length + doubtful.length >= notified) return null;
  const notifiers = listed([...new Set(after.map(({ process }) => process))]);
  const times = notified === 1 ? "once" : counted(notified, "time");
  const wakers = woken.length === 0 ? "nobody" : counted(woken.length, "wait");
  return {
    message: `${notifiers} notified ${times}, and ${wakers} woke up, while ${sleeper.process} was waiting`,
    operations: [sleeper, ...after, ...woken, ...doubtful].map(({ id }) => id).sort((a, b) => a - b),
  };
}
