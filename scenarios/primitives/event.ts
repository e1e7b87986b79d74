import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { Event } from "../../primitives/event.ts";
import { eventGating } from "../../properties/event-gating.ts";
import type { Claim } from "./claim.ts";

export const eventNoLostWakeUp = scenario(import.meta.url, eventLosesNoWakeUp(Event));
export const eventBriefSet = scenario(import.meta.url, eventRemembersABriefSet(Event));

interface Waiters {
  readonly waiters: number;
}

/** Clear and set come before, after or in the middle of going to sleep: neither may lose the mark of who waits. */
export function eventLosesNoWakeUp(type: new () => Event): Claim<Waiters, { event: Event }> {
  return {
    name: "event-no-lost-wake-up",
    description: "one process clears the event, then sets it for good: everybody who waits for it goes on",
    input: fc.record({ waiters: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ event: new type() }),
    processes: ({ waiters }) => [...times(waiters, "waiter"), "setter"],
    roles: {
      async waiter({ event }) {
        await event.wait();
      },
      setter({ event }) {
        event.clear();
        event.set();
      },
    },
    properties: [eventGating({ object: "event" })],
  };
}

/**
 * Time passes only when nobody else can move, so that all who wait are asleep when the event is set. They must be told
 * though it is clear again before they look, and whoever else clears it in the meantime.
 */
export function eventRemembersABriefSet(type: new () => Event): Claim<Waiters, { event: Event }> {
  return {
    name: "event-brief-set",
    description: "the event is set and cleared at once while others wait: each of them has seen it",
    input: fc.record({ waiters: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ event: new type() }),
    processes: ({ waiters }) => [...times(waiters, "waiter"), "setter", "clearer"],
    roles: {
      async waiter({ event }) {
        await event.wait({ timeoutMs: PATIENCE_MS });
      },
      async setter({ event }, p) {
        await p.sleep(1);
        event.set();
        event.clear();
      },
      clearer({ event }) {
        event.clear();
      },
    },
    properties: [eventGating({ object: "event" }), nobodyMissesIt()],
  };
}

/** Much longer than it takes until the event is set, in milliseconds. */
const PATIENCE_MS = 50;

function nobodyMissesIt(): Property {
  return {
    name: "nobody-misses-it",
    claim: "whoever waits while the event is set sees it",
    check({ operations }) {
      const missed = operations.filter(({ operation, result }) => operation === "wait" && result === false);
      return missed.length === 0
        ? null
        : { message: `${missed[0].process} waited and missed the set`, operations: missed.map(({ id }) => id) };
    },
  };
}
