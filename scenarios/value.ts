import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario, times } from "../harness/scenario.ts";
import { Value } from "../primitives/value.ts";

/** Several processes count in one shared number. `count.value += 1` looks like one step and is two. */
interface Count {
  readonly adders: number;
  readonly times: number;
}

const everyAddCounts: Property = {
  name: "every-add-counts",
  claim: "the count is the number of adds",
  check({ final, operations }) {
    const adds = operations.filter(({ operation, object }) => operation === "count" && object === null);
    return final === adds.length
      ? null
      : { message: `${adds.length} adds made ${String(final)}`, operations: adds.map(({ id }) => id) };
  },
};

const counting = {
  input: fc.record({ adders: fc.integer({ min: 2, max: 4 }), times: fc.integer({ min: 1, max: 3 }) }),
  shared: () => ({ total: new Value(0) }),
  processes: ({ adders }: Count) => times(adders, "adder"),
  final: ({ total }: { readonly total: Value }) => total.get(),
  properties: [everyAddCounts],
};

export const valueIncrement = scenario(import.meta.url, {
  ...counting,
  name: "value-increment",
  description: "total.value += 1 is a read and a write: what another process adds in between is lost",
  roles: {
    async adder({ total }, p) {
      for (let time = 1; time <= p.input.times; time++) {
        await p.operation("count", () => {
          total.value += 1;
        });
      }
    },
  },
  violates: ["every-add-counts"],
});

export const valueAdd = scenario(import.meta.url, {
  ...counting,
  name: "value-add",
  description: "total.add(1) is one step: every add counts",
  roles: {
    async adder({ total }, p) {
      for (let time = 1; time <= p.input.times; time++) {
        await p.operation("count", () => {
          total.add(1);
        });
      }
    },
  },
});
