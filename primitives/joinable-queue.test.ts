import { describe, expect, test } from "vitest";
import { NotSharableError, OverReleaseError } from "./errors.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { child } from "./fixtures/children.ts";
import { JoinableQueue } from "./joinable-queue.ts";

describe("a joinable queue", () => {
  test("is joined when everything that was put is done", async () => {
    const queue = inFreshArena(() => new JoinableQueue<number>());
    expect(await queue.join()).toBe(true);
    queue.putSync(1);
    queue.putSync(2);
    expect(queue.unfinished).toBe(2);
    expect(queue.joinSync({ timeoutMs: 1 })).toBe(false);
    const joining = queue.join();
    queue.getSync();
    queue.taskDone();
    queue.getSync();
    expect(queue.unfinished).toBe(1);
    expect(await queue.join({ timeoutMs: 0 })).toBe(false);
    queue.taskDone();
    expect(await joining).toBe(true);
    queue.putSync(3);
  });

  test("was joined if everything was done at some moment, though more has been put since", async () => {
    const queue = inFreshArena(() => new JoinableQueue<number>());
    queue.putSync(1);
    const joining = queue.join();
    await new Promise(setImmediate);
    queue.getSync();
    queue.taskDone();
    queue.putSync(2);
    expect(await joining).toBe(true);
    expect(await queue.join({ timeoutMs: 0 })).toBe(false);
  });

  test("does not count what it has refused", async () => {
    const queue = inFreshArena(() => new JoinableQueue());
    expect(() => queue.putSync(() => 1)).toThrow(NotSharableError);
    expect(queue.unfinished).toBe(0);
    expect(await queue.join()).toBe(true);
  });

  test("refuses a taskDone for nothing", () => {
    const queue = inFreshArena(() => new JoinableQueue());
    expect(() => queue.taskDone()).toThrow(OverReleaseError);
    queue.putSync(1);
    expect(() => queue.taskDone()).toThrow(OverReleaseError);
  });

  test("keeps the bytes of items until they are done, and gives the room back then", () => {
    const queue = inFreshArena(() => new JoinableQueue<string>({ bytes: 256 }));
    const item = "x".repeat(80);
    let put = 0;
    while (queue.tryPut(item)) put++;
    for (let n = 0; n < put; n++) queue.getSync();
    expect(queue.tryPut(item)).toBe(false);
    queue.taskDone();
    expect(queue.tryPut(item)).toBe(true);
    for (let n = 1; n < put; n++) queue.taskDone();
    for (let round = 0; round < 50; round++) {
      expect(queue.getSync()).toBe(item);
      queue.taskDone();
      queue.putSync(item);
    }
  });

  test("hands the items of a dead consumer out again, and is not joined before they are done", async () => {
    const queue = new JoinableQueue<string>();
    queue.putSync("first");
    queue.putSync("second");
    const consumer = child("takesAndDies", [queue]);
    await consumer.join();
    expect(queue.unfinished).toBe(2);
    expect(await queue.join({ timeoutMs: 1 })).toBe(false);
    expect(await queue.get()).toBe("first");
    expect(await queue.get()).toBe("second");
    queue.taskDone();
    queue.taskDone();
    expect(await queue.join()).toBe(true);
  });

  test("gives them up if it is told to, and says how many", async () => {
    const queue = new JoinableQueue<string>({ onConsumerDeath: "fail" });
    queue.putSync("first");
    const consumer = child("takesAndDies", [queue]);
    await consumer.join();
    expect(await queue.join()).toBe(true);
    expect(queue.lost).toBe(1);
  });
});
