import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { Condition } from "../../primitives/condition.ts";
import { Lock } from "../../primitives/lock.ts";
import { Value } from "../../primitives/value.ts";
import { noLostNotification } from "../../properties/no-lost-notification.ts";
import type { Claim } from "./claim.ts";

export const conditionNoLostNotification = scenario(import.meta.url, conditionLosesNoNotification(Condition));
export const conditionNotifyWakesOne = scenario(import.meta.url, conditionNotifyWakesOneWaiter(Condition));
export const conditionLateNotification = scenario(import.meta.url, conditionLateNotifyWakesOneAtMost(Condition));

type ConditionType = new (lock: Lock) => Condition;

interface Waiters {
  readonly waiters: number;
}

/** Who finds nothing to eat waits, without an end: a notification lost is an eater left. */
export function conditionLosesNoNotification(
  type: ConditionType,
): Claim<{ eaters: number }, { cooked: Condition; meals: Value }> {
  return {
    name: "condition-no-lost-notification",
    description: "one meal and one notification for each who waits for a meal: everybody eats",
    input: fc.record({ eaters: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ cooked: new type(new Lock()), meals: new Value(0) }),
    processes: ({ eaters }) => [...times(eaters, "eater"), ...times(eaters, "cook")],
    roles: {
      async eater({ cooked, meals }) {
        await cooked.acquire();
        while (meals.get() === 0) await cooked.wait();
        meals.sub(1);
        cooked.release();
      },
      async cook({ cooked, meals }) {
        await cooked.acquire();
        meals.add(1);
        cooked.notify();
        cooked.release();
      },
    },
    properties: [noLostNotification({ object: "cooked" })],
  };
}

/** All wait when the notification comes, and the time of none is over. */
export function conditionNotifyWakesOneWaiter(type: ConditionType): Claim<Waiters, { condition: Condition }> {
  return {
    name: "condition-notify-wakes-one",
    description: "one notification while up to three wait: one is notified, the others run out of time",
    input: fc.record({ waiters: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ condition: new type(new Lock()) }),
    processes: ({ waiters }) => [...times(waiters, "waiter"), "notifier"],
    roles: {
      async waiter({ condition }) {
        await condition.acquire();
        await condition.wait({ timeoutMs: NOTIFIED_MS * 2 });
        condition.release();
      },
      notifier: notifyOnce,
    },
    properties: [notified(1, 1)],
  };
}

/** The time of those who wait ends before, when and after the notification comes. */
export function conditionLateNotifyWakesOneAtMost(type: ConditionType): Claim<Waiters, { condition: Condition }> {
  return {
    name: "condition-late-notification",
    description: "a notification about the time when the waits end: it is given to one of them at most",
    input: fc.record({ waiters: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ condition: new type(new Lock()) }),
    processes: ({ waiters }) => [...times(waiters, "waiter"), "notifier"],
    roles: {
      async waiter({ condition }, p) {
        await condition.acquire();
        await condition.wait({ timeoutMs: p.draw(fc.integer({ min: NOTIFIED_MS - 1, max: NOTIFIED_MS + 1 })) });
        condition.release();
      },
      notifier: notifyOnce,
    },
    properties: [notified(0, 1)],
  };
}

/** When the notification comes, in milliseconds. */
const NOTIFIED_MS = 2;

async function notifyOnce(
  { condition }: { readonly condition: Condition },
  p: { sleep(ms: number): Promise<void> },
): Promise<void> {
  await p.sleep(NOTIFIED_MS);
  await condition.acquire();
  condition.notify();
  condition.release();
}

function notified(min: number, max: number): Property {
  return {
    name: "notify-wakes-one",
    claim: "one notification makes one wait return true",
    check({ operations }) {
      const woken = operations.filter(({ operation, result }) => operation === "wait" && result === true);
      return woken.length >= min && woken.length <= max
        ? null
        : { message: `1 notification woke ${woken.length}`, operations: woken.map(({ id }) => id) };
    },
  };
}
