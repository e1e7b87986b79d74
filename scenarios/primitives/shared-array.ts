import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { SharedArray } from "../../primitives/shared-array.ts";
import type { Claim } from "./claim.ts";

export const sharedArrayOneStep = scenario(import.meta.url, sharedArrayChangesInOneStep(SharedArray));
export const sharedArrayLastWrite = scenario(import.meta.url, sharedArrayKeepsTheLastWrite(SharedArray));

interface Users {
  readonly users: number;
}

/** Each way to change an element has an element of its own; the last but one and the last are only written. */
export function sharedArrayChangesInOneStep(
  type: new (kind: "int32", length: number) => SharedArray<"int32">,
): Claim<Users, { array: SharedArray<"int32"> }> {
  return {
    name: "shared-array-one-step",
    description: "several processes add to, exchange and write elements: no change is lost, no neighbour hit",
    input: fc.record({ users: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ array: new type("int32", 4) }),
    processes: ({ users }) => times(users, "user"),
    roles: {
      user({ array }) {
        array.add(0, 1);
        let before = array.get(1);
        for (let seen; (seen = array.compareExchange(1, before, before + 1)) !== before;) before = seen;
        array.set(2, 5);
        array.set(3, 6);
      },
    },
    final: ({ array }) => array.slice().join(" "),
    properties: [everyChangeCounts()],
  };
}

/**
 * Each process writes -0 last, so whatever the order -0 is the last of all. The two zeros are equal and not the same: a
 * write that is left out because the element seems to hold the value already shows in nothing else, since it could as well
 * have taken place just before the write that came after it.
 */
export function sharedArrayKeepsTheLastWrite(
  type: new (kind: "float64", length: number) => SharedArray<"float64">,
): Claim<Users, { array: SharedArray<"float64"> }> {
  return {
    name: "shared-array-last-write",
    description: "several processes write 1, 0 and -0 to one element: it holds the last value to the bit",
    input: fc.record({ users: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ array: new type("float64", 1) }),
    processes: ({ users }) => times(users, "user"),
    roles: {
      user({ array }) {
        for (const value of [1, 0, -0]) array.set(0, value);
      },
    },
    final: ({ array }) => (Object.is(array.get(0), -0) ? "-0" : String(array.get(0))),
    properties: [lastWriteStays()],
  };
}

function everyChangeCounts(): Property {
  return {
    name: "every-change-counts",
    claim: "each element holds what was added to it, or written",
    check({ final, input }) {
      const { users } = input as Users;
      const expected = `${users} ${users} 5 6`;
      return final === expected
        ? null
        : { message: `the elements are ${String(final)} and not ${expected}`, operations: [] };
    },
  };
}

function lastWriteStays(): Property {
  return {
    name: "last-write-stays",
    claim: "the element holds the last value that was written",
    check: ({ final }) =>
      final === "-0" ? null : { message: `-0 was written last, and the element is ${String(final)}`, operations: [] },
  };
}
