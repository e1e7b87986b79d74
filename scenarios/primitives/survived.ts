import type { History, Operation } from "../../harness/history.ts";
import type { Property } from "../../harness/property.ts";

// What must hold of a primitive when one of its users has died or stood still. What a dead one had begun may have happened.

/** What is received was sent, and comes once. */
export function arrivesOnce(): Property {
  return {
    name: "arrives-once",
    claim: "what is received was sent, whole, and is received once",
    check({ operations }: History) {
      const sent = operations.filter(({ operation }) => /^(put|send)/.test(operation));
      const received = operations.filter(
        ({ operation, outcome }) => /^(get|recv)/.test(operation) && outcome === "returned",
      );
      const wrong = received.find(({ result }) => !sent.some(({ args }) => args[0] === result));
      if (wrong !== undefined)
        return { message: `${String(wrong.result)} was received and never sent`, operations: [wrong.id] };
      if (received.length <= sent.length) return null;
      return { message: `${sent.length} sent, ${received.length} received`, operations: received.map(({ id }) => id) };
    },
  };
}

/** `final` is how many are left. */
export function nothingIsLost(): Property {
  return {
    name: "nothing-is-lost",
    claim: "what was put and not taken is there",
    check({ operations, final }: History) {
      const count = (name: string, outcome: string): number =>
        operations.filter((other) => other.operation === name && other.outcome === outcome).length;
      const most = count("put", "returned") + count("put", "pending") - count("get", "returned");
      const least = count("put", "returned") - count("get", "returned") - count("get", "pending");
      const left = final as number;
      if (least <= left && left <= most) return null;
      return { message: `${Math.max(0, least)} to ${most} have to be left, and ${left} are`, operations: [] };
    },
  };
}

/** Who is dead may have counted, or not. */
export function countedOnce(): Property {
  return {
    name: "counted-once",
    claim: "the count is that of those who counted",
    check({ operations, final }: History) {
      const counts = operations.filter(({ operation }) => operation === "count");
      const certain = counts.filter(({ outcome }) => outcome === "returned").length;
      if (certain <= (final as number) && (final as number) <= counts.length) return null;
      return { message: `${certain} to ${counts.length} counted, and the count is ${String(final)}`, operations: [] };
    },
  };
}

/** Bytes are all of one writer, or those from before: half of a block would be seen as a mixture. */
export function wholeBytes(): Property {
  return {
    name: "whole-bytes",
    claim: "the bytes are those of one writer, or of none",
    check({ final }: History) {
      const bytes = final as readonly number[];
      if (bytes.every((byte) => byte === bytes[0])) return null;
      return { message: `the bytes are ${bytes.join(" ")}, of more than one writer`, operations: [] };
    },
  };
}

/**
 * If a notification is given while somebody waits, somebody living hears of it, or one who died only afterwards. Who waits does
 * so for `patienceMs` and not longer, also if it is told so late because it has to have the lock again.
 */
export function somebodyHears(patienceMs: number): Property {
  return {
    name: "somebody-hears",
    claim: "a notification is not lost on the dead",
    looksAtTime: true,
    check(history: History) {
      const { times = [] } = history;
      const notify = history.operations.find(
        ({ operation, outcome }) => operation === "notify" && outcome === "returned",
      );
      if (notify === undefined) return null;
      const waits = history.operations.filter(
        ({ operation, invoked }) => operation === "wait" && invoked < notify.invoked,
      );
      const heard = waits.some((wait) =>
        wait.outcome === "pending" ? diedAt(history, wait) > notify.invoked : wait.result === true,
      );
      const missed = waits.find(
        ({ result, invoked, returned }) =>
          result === false && returned! > notify.returned! && times[notify.returned!] - times[invoked] < patienceMs,
      );
      if (heard || missed === undefined) return null;
      return {
        message: `${missed.process} waited when one was notified, and nobody heard of it`,
        operations: [notify.id, missed.id],
      };
    },
  };
}

/** Where there are two, nobody gets through who came when the other one had died. */
export function nobodyPassesWithTheDead(): Property {
  return {
    name: "nobody-passes-with-the-dead",
    claim: "a round with a dead one in it does not come about",
    check(history: History) {
      const passed = history.operations.find(
        (wait) =>
          wait.outcome === "returned" &&
          history.operations.some((other) => other.outcome === "pending" && diedAt(history, other) < wait.invoked),
      );
      if (passed === undefined) return null;
      return { message: `${passed.process} passed together with a dead one`, operations: [passed.id] };
    },
  };
}

/** Who looks when the other one has died gets the item, unless that one had begun to say that it is done. */
export function orphanIsHandedOut(): Property {
  return {
    name: "orphan-is-handed-out",
    claim: "an item that was not done by who died goes to somebody else",
    check(history: History) {
      const { operations, processes } = history;
      for (const { process, at } of processes) {
        if (at === undefined) continue;
        if (operations.some((other) => other.process === process && other.operation === "taskDone")) continue;
        const missed = operations.find(
          ({ operation, outcome, returned }) => operation === "get" && outcome === "threw" && returned! > at,
        );
        if (missed === undefined) continue;
        return { message: `the item of ${process}, which died, was lost`, operations: [missed.id] };
      }
      return null;
    },
  };
}

/** Who waits `patienceMs` for a message is told when the only one who could send it has died, unless it stood still itself. */
export function endIsHeardOf(patienceMs: number): Property {
  return {
    name: "end-is-heard-of",
    claim: "nobody waits in vain for a message of the dead",
    looksAtTime: true,
    check({ operations, processes, times = [] }: History) {
      const late = operations.find(
        ({ operation, outcome, result, invoked, returned }) =>
          operation === "recv" &&
          outcome === "threw" &&
          String(result).startsWith("TimeoutError") &&
          times[returned!] - times[invoked] <= patienceMs,
      );
      if (late === undefined) return null;
      const dead = processes.find(({ process, at }) => {
        if (at === undefined || at > late.returned!) return false;
        return operations.some(
          (other) => other.process === process && other.operation === "open" && other.outcome === "returned",
        );
      });
      if (dead === undefined) return null;
      return { message: `${dead.process} had died, and ${late.process} waited for it`, operations: [late.id] };
    },
  };
}

/** When the process of an operation died; never, if it did not. */
function diedAt({ processes }: History, { process }: Operation): number {
  return processes.find((other) => other.process === process)?.at ?? Infinity;
}
