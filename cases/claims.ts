import type { History, Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";

/** What the packages say of themselves, as properties. Who may be inside is `mutualExclusion` and `atMost`. */

/** A write that was acknowledged is there when all is over. `final` is the whole of what is stored, by key. */
export function acknowledgedWritesAreKept(operation: string): Property {
  return {
    name: "acknowledged-writes-are-kept",
    claim: `what ${operation} was told to store is stored when it returns`,
    check(history) {
      const stored = history.final as Readonly<Record<string, unknown>>;
      const lost = returned(history, operation).find(({ args: [key] }) => !((key as string) in stored));
      if (lost === undefined) return null;
      const other = history.operations.find((another) => another.operation === operation && overlap(another, lost));
      return {
        message: `${lost.process}'s ${said(lost)} was acknowledged, and is not in the file`,
        operations: [lost, ...(other === undefined ? [] : [other])].map(({ id }) => id).sort((a, b) => a - b),
      };
    },
  };
}

/** Of the writes that one process made, the one that it called last is stored. `final` is what is stored. */
export function lastWriteIsStored(operation: string, valueOf: (write: Operation) => unknown): Property {
  return {
    name: "last-write-is-stored",
    claim: `when every ${operation} has returned, what the last one wrote is stored`,
    check(history) {
      const writes = history.operations.filter((write) => write.operation === operation);
      const last = writes.at(-1);
      if (last?.outcome !== "returned" || history.final === valueOf(last)) return null;
      const winner = writes.findLast((write) => valueOf(write) === history.final);
      return {
        message: `${said(last)} was acknowledged, and what is stored is ${JSON.stringify(history.final)}`,
        operations: [...(winner === undefined ? [] : [winner]), last].map(({ id }) => id),
      };
    },
  };
}

/** A read sees what was written at some moment, whole: one of `values`. */
export function readsAreWhole(operation: string, values: readonly unknown[]): Property {
  return {
    name: "reads-are-whole",
    claim: `each ${operation} finds a value that was written, whole`,
    check(history) {
      for (const read of history.operations) {
        if (read.operation !== operation || read.outcome === "pending") continue;
        if (read.outcome === "returned" && values.includes(read.result)) continue;
        const came = read.outcome === "threw" ? "failed" : "found";
        return { message: `${said(read)} ${came}: ${String(read.result)}`, operations: [read.id] };
      }
      return null;
    },
  };
}

/** Of all the calls, one at most succeeds. */
export function oneSucceeds(operation: string): Property {
  return {
    name: "one-succeeds",
    claim: `at most one ${operation} succeeds`,
    check(history) {
      const [first, second] = returned(history, operation);
      if (second === undefined) return null;
      return { message: `${said(first)} and ${said(second)} both succeeded`, operations: [first.id, second.id] };
    },
  };
}

/** One at a time is inside; or whoever was inside has been told that it no longer is before the next one comes in. */
export function oneHolderOrTold(section: string, told: string): Property {
  return {
    name: "one-holder-or-told",
    claim: `nobody is inside ${section} with another one that has not been told to go`,
    check(history) {
      const sections = history.operations.filter(({ operation }) => operation === section);
      for (const [index, later] of sections.entries()) {
        const earlier = sections.slice(0, index).find((other) => overlap(other, later) && !wasTold(other, later));
        if (earlier === undefined) continue;
        return {
          message: `${later.process} was let into ${section} while ${earlier.process} was inside and did not know`,
          operations: [earlier.id, later.id],
        };
      }
      return null;

      function wasTold(holder: Operation, next: Operation): boolean {
        return history.operations.some(
          ({ operation, process, invoked }) =>
            operation === told && process === holder.process && holder.invoked <= invoked && invoked < next.invoked,
        );
      }
    },
  };
}

function returned(history: History, name: string): Operation[] {
  return history.operations.filter(({ operation, outcome }) => operation === name && outcome === "returned");
}

function overlap(one: Operation, other: Operation): boolean {
  return (
    one.id !== other.id && one.invoked < (other.returned ?? Infinity) && other.invoked < (one.returned ?? Infinity)
  );
}

function said({ operation, args }: Operation): string {
  return `${operation}(${args.map((argument) => JSON.stringify(argument)).join(", ")})`;
}
