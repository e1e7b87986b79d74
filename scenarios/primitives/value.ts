import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { Value } from "../../primitives/value.ts";
import type { Claim } from "./claim.ts";

export const valueOneStep = scenario(import.meta.url, valueChangesInOneStep(Value));

interface Users {
  readonly users: number;
}

/** Each way to change the value at once, so that a change between a read and a write would be lost. */
export function valueChangesInOneStep(type: new (initial: number) => Value): Claim<Users, { value: Value }> {
  return {
    name: "value-one-step",
    description: "several processes add, subtract, update and exchange: no change is lost",
    input: fc.record({ users: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ value: new type(0) }),
    processes: ({ users }) => times(users, "user"),
    roles: {
      user({ value }) {
        value.add(1000);
        value.sub(100);
        value.update((before) => before + 10);
        let before = value.get();
        for (let seen; (seen = value.compareExchange(before, before + 1)) !== before;) before = seen;
      },
    },
    final: ({ value }) => value.get(),
    properties: [everyChangeCounts()],
  };
}

function everyChangeCounts(): Property {
  return {
    name: "every-change-counts",
    claim: "the value is the sum of all changes",
    check({ final, input }) {
      const sum = (1000 - 100 + 10 + 1) * (input as Users).users;
      return final === sum ? null : { message: `changes of ${sum} in all made ${String(final)}`, operations: [] };
    },
  };
}
