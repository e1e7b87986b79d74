import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { Value } from "../primitives/value.ts";
import { noOversell } from "../properties/no-oversell.ts";

/**
 * The ticket rush as a load: three scheduling points for each buyer, the history recorded and the property checked, with
 * so many tickets, unless it says otherwise, that it always holds.
 */
function rush(buyers: number, tickets = 1000) {
  return scenario(import.meta.url, {
    name: `rush-of-${buyers}${tickets < buyers ? "-for-few" : ""}`,
    input: fc.constant({ buyers }),
    shared: () => ({ stock: new Value(tickets) }),
    processes: () => times(buyers, "buyer"),
    roles: {
      async buyer({ stock }, p) {
        await p.operation("buy", async () => {
          const left = stock.get();
          if (left === 0) return "sold out";
          await p.think(1000);
          stock.set(left - 1);
          return "bought";
        });
      },
    },
    properties: [noOversell({ operation: "buy", stock: tickets })],
  });
}

export const rushOf2 = rush(2);
export const rushOf3 = rush(3);
export const rushOf5 = rush(5);
export const rushOf10 = rush(10);
/** Of these one has to be interrupted, and there is no smaller program. */
export const rushOf10ForOne = rush(10, 1);

/** One process that reads a word again and again, beside one that does nothing: steps without a switch. */
export const alone = scenario(import.meta.url, {
  name: "steps-without-a-switch",
  input: fc.constant({}),
  shared: () => ({ stock: new Value(1) }),
  processes: () => ["reader", "bystander"],
  roles: {
    reader({ stock }) {
      for (let step = 0; step < 5000; step++) stock.get();
    },
    bystander() {},
  },
  properties: [],
});

/** Two processes that read the same word again and again: under a random walk every other step is by the other one. */
export const together = scenario(import.meta.url, {
  name: "steps-of-two",
  input: fc.constant({}),
  shared: () => ({ stock: new Value(1) }),
  processes: () => times(2, "reader"),
  roles: {
    reader({ stock }) {
      for (let step = 0; step < 2000; step++) stock.get();
    },
  },
  properties: [],
});
