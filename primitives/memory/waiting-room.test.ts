import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { Barrier } from "../barrier.ts";
import { Condition } from "../condition.ts";
import { Event } from "../event.ts";
import { FairLock } from "../fair-lock.ts";
import { child } from "../fixtures/children.ts";
import { JoinableQueue } from "../joinable-queue.ts";
import { Lock } from "../lock.ts";
import { pipe } from "../pipe.ts";
import { Queue } from "../queue.ts";
import { Semaphore } from "../semaphore.ts";
import { Word } from "./word.ts";
import { deadlineAfter } from "./clock.ts";

const TASKS = 1000;

/** What 1,000 tasks await of each primitive, and what lets all of them through. */
const AWAITED: Readonly<Record<string, () => { awaits(): Promise<unknown>; letThrough(): void }>> = {
  locks: () => holding(new Lock()),
  "fair locks": () => holding(new FairLock()),
  permits() {
    const permits = new Semaphore(0);
    return { awaits: () => permits.acquire(), letThrough: () => permits.release(TASKS) };
  },
  events() {
    const event = new Event();
    return { awaits: () => event.wait(), letThrough: () => event.set() };
  },
  notifications() {
    const condition = new Condition(new Lock(), { waitersMax: TASKS });
    return {
      async awaits() {
        await condition.acquire();
        await condition.wait();
        condition.release();
      },
      letThrough() {
        condition.acquireSync();
        condition.notifyAll();
        condition.release();
      },
    };
  },
  barriers() {
    const barrier = new Barrier(TASKS + 1);
    return { awaits: () => barrier.wait(), letThrough: () => void barrier.wait() };
  },
  items() {
    const queue = new Queue({ bytes: 64 * 1024 });
    return {
      awaits: () => queue.get(),
      letThrough() {
        for (let task = 0; task < TASKS; task++) queue.putSync(task);
      },
    };
  },
  "places in a queue"() {
    const queue = new Queue({ maxSize: 1, bytes: 64 * 1024 });
    queue.putSync(0);
    return { awaits: () => queue.put(1), letThrough: () => void emptied(queue) };
  },
  joins() {
    const queue = new JoinableQueue({ bytes: 1024 });
    queue.putSync(1);
    return {
      awaits: () => queue.join(),
      letThrough() {
        queue.getSync();
        queue.taskDone();
      },
    };
  },
  messages() {
    const [here, there] = pipe({ bytes: 64 * 1024 });
    return {
      awaits: () => there.recv(),
      letThrough() {
        for (let task = 0; task < TASKS; task++) here.sendSync(task);
      },
    };
  },
};

/** A lock that is held, and the tasks take it one after the other. */
function holding(lock: Lock | FairLock): { awaits(): Promise<void>; letThrough(): void } {
  lock.acquireSync();
  return {
    async awaits() {
      await lock.acquire();
      lock.release();
    },
    letThrough: () => lock.release(),
  };
}

const randomBytesAsync = promisify(randomBytes);

async function emptied(queue: Queue): Promise<void> {
  for (let item = 0; item <= TASKS; item++) await queue.get();
}

describe("tasks that await a word", () => {
  test("are woken one by one, longest waiting first", async () => {
    const word = Word.allocate("state");
    const woken: number[] = [];
    const tasks = [1, 2, 3].map(async (task) => {
      expect(await word.waitAsync(0)).toBe("woken");
      woken.push(task);
    });
    word.wake(1);
    await tasks[0];
    expect(woken).toEqual([1]);
    word.wake();
    await Promise.all(tasks);
    expect(woken).toEqual([1, 2, 3]);
  });

  test("do not sleep if the word has changed already", async () => {
    const word = Word.allocate("state", 1);
    expect(await word.waitAsync(0)).toBe("changed");
  });

  test("leave at their deadline without having used up a wake", async () => {
    const word = Word.allocate("state");
    const staying = word.waitAsync(0);
    expect(await word.waitAsync(0, deadlineAfter(2))).toBe("timed-out");
    const abort = new AbortController();
    const leaving = word.waitAsync(0, Infinity, abort.signal);
    abort.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    word.wake(1);
    expect(await staying).toBe("woken");
  });

  test("take a wake that came before they were aborted", async () => {
    const word = Word.allocate("state");
    const abort = new AbortController();
    const waiting = word.waitAsync(0, Infinity, abort.signal);
    word.wake(1);
    abort.abort();
    expect(await waiting).toBe("woken");
  });

  test.each(Object.entries(AWAITED))(
    "of %s by the thousand leave the event loop and the thread pool alone",
    async (_what, make) => {
      const { awaits, letThrough } = make();
      let through = 0;
      const tasks = Array.from({ length: TASKS }, async () => {
        await awaits();
        through++;
      });
      await new Promise(setImmediate);
      // Each takes a thread of the pool, of which there are far fewer than tasks.
      const pool = [readFile(new URL(import.meta.url)), randomBytesAsync(8), lookup("127.0.0.1")];
      expect((await Promise.all(pool)).length).toBe(3);
      expect(through).toBe(0);
      letThrough();
      await Promise.all(tasks);
      expect(through).toBe(TASKS);
    },
  );

  test("are woken from another process", async () => {
    const word = new Lock();
    const waker = child("holdsUntilTold", [word]);
    while (word.owner === 0) await new Promise(setImmediate);
    const waiting = word.acquire();
    waker.terminate();
    expect(await waiting).toBe(true);
    expect(word.lastOwnerDied).toBe(false);
    await waker.join();
  });
});
