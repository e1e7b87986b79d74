import type { History, Operation } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { ACQUIRE_NAMES, RELEASE_NAMES } from "./holds.ts";
import { type Sale, soldBy, stockOf } from "./no-oversell.ts";
import { counted, listed } from "./wording.ts";

/**
 * What was sold and what is left make the stock at every moment at which nobody holds the lock; without a lock, at every moment at
 * which no sale is open. What is left is followed through the recorded operations of the object that holds it: `set`, `add`,
 * `sub`, `update`, `exchange`, `compareExchange`, as a `Value` has them.
 *
 * It is exact about what is uncertain: a moment counts only if nobody can hold the lock at it; a sale that is open, or of
 * which nobody can know, may have sold or not; of writes that overlap any may be the last. It is violated only if no
 * choice of all that makes the sum right. Quadratic in the number of operations.
 *
 * @throws {TypeError} from `check`, where `stock` is no whole number of at least 0.
 *
 * @example
 * stockBalance({ operation: "buy", stock: 2, left: "stock", lock: "lock" }).check(history)?.message;
 * // "1 ticket sold and 2 left while nobody held lock, 2 in stock"
 */
export function stockBalance(
  sale: Sale & {
    /** The object that holds how many are left. */
    readonly left: string;
    /** The lock that sales take. */
    readonly lock?: string;
  },
): Property {
  const noun = sale.noun ?? "ticket";
  const when = sale.lock === undefined ? "no sale is open" : `nobody holds ${sale.lock}`;
  const was = sale.lock === undefined ? "no sale was open" : `nobody held ${sale.lock}`;
  return {
    name: "stock-balance",
    claim: `${noun}s sold and left make the stock whenever ${when}`,
    check(history) {
      const stock = stockOf(sale, history);
      const sales = history.operations.filter(({ operation }) => operation === sale.operation);
      const writes = history.operations.flatMap((operation) => writeOf(operation, sale.left));
      const busy = sale.lock === undefined ? sales.map(openWhile) : holdsThatMayBe(history, sale.lock);
      for (const moment of momentsOf([...sales, ...writes.map(({ operation }) => operation), ...busy])) {
        if (busy.some(({ invoked, returned }) => invoked <= moment && (returned ?? Infinity) > moment)) continue;
        const last = lastWrites(writes, moment);
        const certain = sales.filter((one) => soldBy(sale, one) === "certainly" && one.returned! <= moment);
        const possible = sales.filter(
          (one) => !certain.includes(one) && one.invoked <= moment && soldBy(sale, one) !== "not",
        );
        const values = last.map(({ value }) => value);
        // As long as no write is done for sure, there may be as many as at the start.
        if (last.every(({ operation }) => operation.outcome !== "returned" || operation.returned! > moment))
          values.push(stock);
        const fits = values.some((left) => {
          if (left === null) return true;
          const sold = stock - left;
          return sold >= certain.length && sold <= certain.length + possible.length;
        });
        if (fits) continue;
        const least = Math.min(...values.map((left) => left!));
        const shown = listed([...new Set(values)].map(String)).replace(" and ", " or ");
        return {
          message: `${counted(certain.length, noun)} sold and ${shown} left while ${was}, ${stock} in stock`,
          operations: [
            ...certain,
            ...(least + certain.length < stock ? possible : []),
            ...last.map(({ operation }) => operation),
          ]
            .map(({ id }) => id)
            .sort((a, b) => a - b),
        };
      }
      return null;
    },
  };
}

/** An operation that changes what is left, and what it leaves; null where that is not known. */
interface Write {
  readonly operation: Operation;
  readonly value: number | null;
}

function writeOf(operation: Operation, object: string): Write[] {
  if (operation.object !== object) return [];
  const { outcome, result } = operation;
  const [first, second] = operation.args as number[];
  const before = outcome === "returned" && typeof result === "number" ? result : null;
  const after = (change: (value: number) => number): Write[] => [
    { operation, value: before === null ? null : change(before) },
  ];
  switch (operation.operation) {
    case "set":
    case "exchange":
      return [{ operation, value: first }];
    case "add":
      return after((value) => value + (first ?? 1));
    case "sub":
      return after((value) => value - (first ?? 1));
    case "update":
      return after((value) => value);
    case "compareExchange":
      if (before !== null && before !== first) return [];
      return [{ operation, value: before === null ? null : second }];
    default:
      return [];
  }
}

/** Those writes of which each may be the last before the moment; a write that may never have happened leaves the others. */
function lastWrites(writes: readonly Write[], moment: number): Write[] {
  const begun = writes.filter(({ operation }) => operation.invoked <= moment);
  const done = begun.filter(({ operation }) => operation.outcome === "returned" && operation.returned! <= moment);
  return begun.filter(
    ({ operation }) =>
      operation.outcome !== "returned" || !done.some((other) => other.operation.invoked > operation.returned!),
  );
}

interface Interval {
  readonly invoked: number;
  readonly returned: number | null;
}

function openWhile({ invoked, returned, outcome }: Operation): Interval {
  return { invoked, returned: outcome === "returned" ? returned : null };
}

/** For each acquire, when its process may have held the lock: from its call to the return of the release. */
function holdsThatMayBe(history: History, lock: string): Interval[] {
  const own = history.operations.filter(({ object }) => object === lock);
  const acquires = own.filter(({ operation }) => ACQUIRE_NAMES.includes(operation));
  const got = acquires.filter(({ outcome, result }) => outcome === "returned" && result !== false);
  return acquires.map((acquire) => {
    const { process, invoked, outcome, result } = acquire;
    if (outcome === "returned" && result === false) return { invoked, returned: acquire.returned };
    const release = own.find(
      (other) =>
        RELEASE_NAMES.includes(other.operation) &&
        other.process === process &&
        other.outcome === "returned" &&
        other.invoked > invoked,
    );
    if (release !== undefined) return { invoked, returned: release.returned };
    if (outcome !== "returned") return { invoked, returned: null };
    // Whoever got it later shows that this one does not hold it any more: its process died.
    const later = got.find((other) => other.process !== process && other.returned! > acquire.returned!);
    return { invoked, returned: later?.returned ?? null };
  });
}

/** A moment right after each event. */
function momentsOf(operations: readonly Interval[]): number[] {
  const ranks = operations.flatMap(({ invoked, returned }) => (returned === null ? [invoked] : [invoked, returned]));
  return [...new Set(ranks)].sort((a, b) => a - b).map((rank) => rank + 0.5);
}
