import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { child } from "../fixtures/children.ts";
import { Lock } from "../lock.ts";
import { Word } from "./word.ts";
import { deadlineAfter } from "./clock.ts";

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

  test("by the thousand leave the event loop and the thread pool alone", async () => {
    const lock = new Lock();
    lock.acquireSync();
    let granted = 0;
    const tasks = Array.from({ length: 1000 }, async () => {
      await lock.acquire();
      granted++;
      lock.release();
    });
    expect((await readFile(new URL(import.meta.url))).byteLength).toBeGreaterThan(0);
    expect(granted).toBe(0);
    lock.release();
    await Promise.all(tasks);
    expect(granted).toBe(1000);
  });

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
