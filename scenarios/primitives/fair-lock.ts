import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { FairLock } from "../../primitives/fair-lock.ts";
import { SharedArray } from "../../primitives/shared-array.ts";
import type { Claim } from "./claim.ts";

export const fairLockOrder = scenario(import.meta.url, fairLockKeepsTheOrder(FairLock));

interface Shared {
  readonly lock: FairLock;
  /** Element 0 counts those who had the lock; their numbers follow. */
  readonly order: SharedArray<"int32">;
}

/**
 * Time passes only when nobody can move. So the waiters stand in the line in the order of their sleeps, whatever the schedule,
 * and some of them give up at the very moment when the lock is handed over.
 */
export function fairLockKeepsTheOrder(type: new () => FairLock): Claim<{ waiters: number }, Shared> {
  return {
    name: "fair-lock-order",
    description: "waiters come one after the other, some give up; the holder releases and asks again: it comes last",
    input: fc.record({ waiters: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ lock: new type(), order: new SharedArray("int32", 6, { lock: false }) }),
    processes: ({ waiters }) => ["holder", ...times(waiters, "waiter")],
    roles: {
      async holder({ lock, order }, p) {
        await lock.acquire();
        await p.sleep(HELD_MS);
        lock.release();
        await lock.acquire();
        order.set(1 + order.add(0, 1), AGAIN);
        lock.release();
      },
      async waiter({ lock, order }, p) {
        const comesMs = p.number * APART_MS;
        await p.sleep(comesMs);
        const timeoutMs = p.draw(fc.constantFrom(undefined, HELD_MS - comesMs, APART_MS));
        if (!(await lock.acquire({ timeoutMs }))) return;
        order.set(1 + order.add(0, 1), p.number);
        lock.release();
      },
    },
    final: ({ order }) => order.slice(1, 1 + order.get(0)),
    properties: [firstComeFirstServed()],
  };
}

const HELD_MS = 100;
const APART_MS = 10;
/** In the order: the holder, for the second time. */
const AGAIN = 9;

function firstComeFirstServed(): Property {
  return {
    name: "first-come-first-served",
    claim: "the lock goes to those who wait in the order in which they came",
    check({ final }) {
      const order = final as readonly number[];
      const inOrder = order.every((number, index) => index === 0 || order[index - 1] < number);
      return inOrder
        ? null
        : { message: `they came in ascending order and had it in the order ${order.join(", ")}`, operations: [] };
    },
  };
}
