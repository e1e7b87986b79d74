import fc from "fast-check";
import { scenario, times, type RoleContext } from "../harness/scenario.ts";
import { Queue } from "../primitives/queue.ts";
import { Semaphore } from "../primitives/semaphore.ts";
import { exactlyOnce } from "../properties/exactly-once.ts";
import { fifo } from "../properties/fifo.ts";
import { noLoss } from "../properties/no-loss.ts";

/**
 * Producers put buns into a queue, consumers eat them until they find a note that says 'done'. Somebody has to write
 * these notes: main does, when all producers have gone home, one for each consumer. `gone` is what `join` is elsewhere:
 * a producer releases it once, at its end.
 */
interface Bakery {
  readonly producers: number;
  readonly buns: number;
}

const CONSUMERS = 2;
/** How long it may take to make a bun, and to eat one, in milliseconds. */
const BUN_MS = 1000;
/** Each note has its number, because properties tell values apart by looking at them. */
const DONE = "done";

const bakery = {
  input: fc.record({ producers: fc.integer({ min: 1, max: 2 }), buns: fc.integer({ min: 1, max: 3 }) }),
  examples: [{ producers: 2, buns: 5 }],
  shared: () => ({ buns: new Queue<string>(), gone: new Semaphore(0) }),
  processes: ({ producers }: Bakery) => ["main", ...times(producers, "producer"), ...times(CONSUMERS, "consumer")],
  properties: [noLoss(), exactlyOnce(), fifo({ object: "buns", per: "producer" })],
};

export const producerConsumer = scenario(import.meta.url, {
  ...bakery,
  name: "producer-consumer",
  description: "two producers, two consumers, one 'done' for each: all is eaten once, and everybody goes home",
  roles: {
    main: (shared, p) => closeUp(shared, p, CONSUMERS),
    producer: produce,
    consumer: consume,
  },
});

export const producerConsumerOneSentinel = scenario(import.meta.url, {
  ...bakery,
  name: "producer-consumer-one-sentinel",
  description: "one 'done' for two consumers: the other one waits for ever",
  roles: {
    main: (shared, p) => closeUp(shared, p, 1),
    producer: produce,
    consumer: consume,
  },
  violates: ["no-deadlock"],
});

interface Shared {
  readonly buns: Queue<string>;
  readonly gone: Semaphore;
}

async function closeUp({ buns, gone }: Shared, p: RoleContext<Bakery>, notes: number): Promise<void> {
  for (let producer = 1; producer <= p.input.producers; producer++) await gone.acquire();
  for (let note = 1; note <= notes; note++) await buns.put(`${DONE} ${note}`);
}

async function produce({ buns, gone }: Shared, p: RoleContext<Bakery>): Promise<void> {
  const baker = "AB"[p.number];
  for (let bun = 1; bun <= p.input.buns; bun++) {
    await p.think(BUN_MS);
    await buns.put(`${baker}${bun}`);
  }
  gone.release();
}

async function consume({ buns }: Shared, p: RoleContext<Bakery>): Promise<void> {
  for (;;) {
    const bun = await buns.get();
    if (bun.startsWith(DONE)) return;
    await p.think(BUN_MS);
    console.log(`ate ${bun}`);
  }
}
