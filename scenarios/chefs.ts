import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario, times, type RoleContext } from "../harness/scenario.ts";
import { JoinableQueue } from "../primitives/joinable-queue.ts";
import { Semaphore } from "../primitives/semaphore.ts";
import { exactlyOnce } from "../properties/exactly-once.ts";
import { joinCompleteness } from "../properties/join-completeness.ts";
import { noLoss } from "../properties/no-loss.ts";

/**
 * Chefs put dishes on a joinable queue and stay until all have been eaten; the guests say `taskDone` for each. In the
 * tutorial the guests are daemons, which end with main. Here main ends the queue when the last chef has gone, and the
 * guests leave. `gone` is what `join` of a process is elsewhere: a chef releases it once, at its end.
 */
interface Kitchen {
  readonly chefs: number;
  readonly dishes: number;
  readonly guests: number;
}

/** How long it may take to cook a dish, and to eat one, in milliseconds. */
const DISH_MS = 1000;

const allEatenBeforeTheEnd: Property = {
  name: "all-eaten-before-the-end",
  claim: "the kitchen closes only when every dish has been eaten",
  check({ operations }) {
    const close = operations.find(({ operation }) => operation === "close");
    if (close === undefined) return null;
    const late = operations.find(
      ({ operation, returned }) => operation === "eat" && (returned === null || returned > close.invoked),
    );
    if (late === undefined) return null;
    return { message: `the kitchen closed while ${late.process} was eating`, operations: [late.id, close.id] };
  },
};

const kitchen = {
  input: fc.record({
    chefs: fc.integer({ min: 1, max: 3 }),
    dishes: fc.integer({ min: 1, max: 3 }),
    guests: fc.integer({ min: 1, max: 2 }),
  }),
  examples: [{ chefs: 3, dishes: 5, guests: 2 }],
  shared: () => ({ dishes: new JoinableQueue<string>(), gone: new Semaphore(0) }),
  processes: ({ chefs, guests }: Kitchen) => ["main", ...times(chefs, "chef"), ...times(guests, "guest")],
  properties: [joinCompleteness({ object: "dishes" }), allEatenBeforeTheEnd, exactlyOnce(), noLoss()],
};

export const chefs = scenario(import.meta.url, {
  ...kitchen,
  name: "chefs",
  description: "three chefs wait on a joinable queue until two guests have eaten everything",
  roles: {
    main: closeUp,
    chef: cook,
    guest: (shared, p) => dine(shared, p, () => shared.dishes.taskDone()),
  },
});

export const chefsWithoutTaskDone = scenario(import.meta.url, {
  ...kitchen,
  name: "chefs-without-task-done",
  description: "guests who never say taskDone: the chefs wait for ever",
  roles: {
    main: closeUp,
    chef: cook,
    guest: (shared, p) => dine(shared, p, () => {}),
  },
  violates: ["no-deadlock"],
});

interface Shared {
  readonly dishes: JoinableQueue<string>;
  readonly gone: Semaphore;
}

async function closeUp({ dishes, gone }: Shared, p: RoleContext<Kitchen>): Promise<void> {
  for (let chef = 1; chef <= p.input.chefs; chef++) await gone.acquire();
  await p.operation("close", () => dishes.end());
}

async function cook({ dishes, gone }: Shared, p: RoleContext<Kitchen>): Promise<void> {
  const chef = "ABC"[p.number];
  for (let dish = 1; dish <= p.input.dishes; dish++) {
    await p.think(DISH_MS);
    await dishes.put(`${chef}${dish}`);
  }
  await dishes.join();
  gone.release();
}

async function dine({ dishes }: Shared, p: RoleContext<Kitchen>, taskDone: () => void): Promise<void> {
  for await (const dish of dishes) {
    await p.operation("eat", [dish], () => p.think(DISH_MS));
    taskDone();
  }
}
