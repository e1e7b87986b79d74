import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario, times, type RoleContext } from "../harness/scenario.ts";
import { Semaphore } from "../primitives/semaphore.ts";
import { atMost } from "../properties/at-most.ts";

/** A karaoke bar: ten guests, four rooms, one guest in each. Whoever finds no room free waits for one. */
interface Evening {
  readonly rooms: number;
  readonly guests: number;
}

/** How long a guest may sing, in milliseconds. */
const SONG_MS = 5000;

const oneGuestARoom: Property = {
  ...atMost(1, { operation: "sing" }),
  claim: "no more guests sing than there are rooms",
  check: (history) => atMost((history.input as Evening).rooms, { operation: "sing" }).check(history),
};

const evening = {
  input: fc.record({ rooms: fc.integer({ min: 1, max: 4 }), guests: fc.integer({ min: 2, max: 10 }) }),
  examples: [{ rooms: 4, guests: 10 }],
  processes: ({ guests }: Evening) => times(guests, "guest"),
  properties: [oneGuestARoom],
};

export const ktv = scenario(import.meta.url, {
  ...evening,
  name: "ktv",
  description: "four rooms and ten guests, kept apart by a semaphore: never more singing than rooms",
  shared: ({ rooms }) => ({ rooms: new Semaphore(rooms) }),
  roles: {
    async guest({ rooms }, p) {
      await rooms.acquire();
      try {
        await p.operation("sing", () => sing(p));
      } finally {
        rooms.release();
      }
    },
  },
});

export const ktvUnlimited = scenario(import.meta.url, {
  ...evening,
  name: "ktv-unlimited",
  description: "the same without the semaphore: everybody goes in at once",
  roles: {
    async guest(_shared, p) {
      await p.operation("sing", () => sing(p));
    },
  },
  violates: ["at-most"],
});

async function sing(p: RoleContext): Promise<void> {
  await p.step("enter", () => {});
  await p.think(SONG_MS);
  await p.step("leave", () => {});
}
