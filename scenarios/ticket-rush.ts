import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { Lock } from "../primitives/lock.ts";
import { Value } from "../primitives/value.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";
import { noOversell } from "../properties/no-oversell.ts";

/**
 * The ticket rush in shared memory: several buyers, fewer tickets. Each looks how many are left, thinks, and writes one
 * less.
 */
const rush = fc.record({ tickets: fc.integer({ min: 1, max: 3 }), buyers: fc.integer({ min: 2, max: 5 }) });

/** How long a buyer may think, in milliseconds. */
const THINK_MS = 1000;

const sold = noOversell({ operation: "buy", stock: (input) => (input as { tickets: number }).tickets });

export const ticketRushUnsafe = scenario(import.meta.url, {
  name: "ticket-rush-unsafe",
  description: "buyers read the stock, think, and write one less: tickets are sold twice",
  input: rush,
  shared: ({ tickets }) => ({ stock: new Value(tickets) }),
  processes: ({ buyers }) => times(buyers, "buyer"),
  roles: {
    async buyer({ stock }, p) {
      await p.operation("buy", async () => {
        const left = stock.get();
        if (left === 0) return "sold out";
        await p.think(THINK_MS);
        stock.set(left - 1);
        return "bought";
      });
    },
  },
  properties: [sold],
  violates: ["no-oversell"],
});

export const ticketRushLocked = scenario(import.meta.url, {
  name: "ticket-rush-locked",
  description: "the same with a lock around it: never more sold than there were",
  input: rush,
  shared: ({ tickets }) => ({ stock: new Value(tickets), lock: new Lock() }),
  processes: ({ buyers }) => times(buyers, "buyer"),
  roles: {
    async buyer({ stock, lock }, p) {
      await p.operation("buy", async () => {
        await lock.acquire();
        try {
          const left = stock.get();
          if (left === 0) return "sold out";
          await p.think(THINK_MS);
          stock.set(left - 1);
          return "bought";
        } finally {
          lock.release();
        }
      });
    },
  },
  properties: [sold, mutualExclusion({ object: "lock" })],
});
