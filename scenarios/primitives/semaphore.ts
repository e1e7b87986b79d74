import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { OverReleaseError } from "../../primitives/errors.ts";
import { BoundedSemaphore, Semaphore } from "../../primitives/semaphore.ts";
import { atMost } from "../../properties/at-most.ts";
import { linearizability } from "../../properties/linearizability.ts";
import { semaphoreModel } from "../../properties/models/semaphore.ts";
import type { Claim } from "./claim.ts";

const PERMITS = 2;
/** How long a user stays inside, in milliseconds. */
const USE_MS = 2;

export const semaphoreAtMost = scenario(import.meta.url, semaphoreLetsAtMostIn(Semaphore));
export const semaphoreNoLostWakeUp = scenario(import.meta.url, semaphoreLosesNoWakeUp(Semaphore));
export const boundedSemaphoreBound = scenario(import.meta.url, boundedSemaphoreKeepsItsBound(BoundedSemaphore));

interface Users {
  readonly users: number;
}

type SemaphoreType = new (value: number) => Semaphore;

/** Some give up after a while, at the very moment when a permit comes free: it must not be lost. */
export function semaphoreLetsAtMostIn(type: SemaphoreType): Claim<Users, { permits: Semaphore }> {
  return {
    name: "semaphore-at-most",
    description: "two permits, and users who may give up waiting: two inside at most, two permits at the end",
    input: fc.record({ users: fc.integer({ min: 2, max: 4 }) }),
    shared: () => ({ permits: new type(PERMITS) }),
    processes: ({ users }) => times(users, "user"),
    roles: {
      async user({ permits }, p) {
        const timeoutMs = p.draw(fc.constantFrom(undefined, USE_MS - 1, USE_MS, USE_MS + 1));
        if (!(await permits.acquire({ timeoutMs }))) return;
        await p.critical("use", USE_MS);
        permits.release();
      },
    },
    final: ({ permits }) => permits.value,
    properties: [atMost(PERMITS, { operation: "use" }), allPermitsAreBack()],
  };
}

/** As many releases as acquires, by others: whoever waits must be told, also when several releases come at once. */
export function semaphoreLosesNoWakeUp(type: SemaphoreType): Claim<{ pairs: number }, { permits: Semaphore }> {
  return {
    name: "semaphore-no-lost-wake-up",
    description: "one release for each who waits, and no permit before: everybody who waits goes on",
    input: fc.record({ pairs: fc.integer({ min: 1, max: 3 }) }),
    shared: () => ({ permits: new type(0) }),
    processes: ({ pairs }) => [...times(pairs, "waiter"), ...times(pairs, "giver")],
    roles: {
      async waiter({ permits }) {
        await permits.acquire();
      },
      giver({ permits }) {
        permits.release();
      },
    },
    properties: [linearizability({ object: "permits", model: semaphoreModel(0) })],
  };
}

/** Releases come together, of which only those that have a permit to give back may go through. */
export function boundedSemaphoreKeepsItsBound(
  type: new (value: number) => BoundedSemaphore,
): Claim<Users, { permits: BoundedSemaphore }> {
  return {
    name: "bounded-semaphore-bound",
    description: "everybody releases, whether or not there was a permit to take: one permit at the end",
    input: fc.record({ users: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ permits: new type(1) }),
    processes: ({ users }) => [...times(users, "user"), "waiter"],
    roles: {
      user({ permits }) {
        permits.tryAcquire();
        release(permits);
      },
      async waiter({ permits }) {
        await permits.acquire();
        release(permits);
      },
    },
    final: ({ permits }) => permits.value,
    properties: [boundHolds()],
  };
}

function release(permits: BoundedSemaphore): void {
  try {
    permits.release();
  } catch (error) {
    if (!(error instanceof OverReleaseError)) throw error;
  }
}

function allPermitsAreBack(): Property {
  return {
    name: "all-permits-are-back",
    claim: "when all have left there are as many permits as at first",
    check: ({ final }) =>
      final === PERMITS ? null : { message: `${PERMITS} permits became ${String(final)}`, operations: [] },
  };
}

function boundHolds(): Property {
  return {
    name: "bound-holds",
    claim: "there are never more permits than at first",
    check: ({ final }) =>
      final === 1 ? null : { message: `1 permit at first, ${String(final)} at the end`, operations: [] },
  };
}
