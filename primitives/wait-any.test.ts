import { describe, expect, test } from "vitest";
import { Event } from "./event.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { child } from "./fixtures/children.ts";
import { pipe } from "./pipe.ts";
import { Queue } from "./queue.ts";
import { waitAny } from "./wait-any.ts";

function objects() {
  return inFreshArena(() => ({ queue: new Queue<number>(), event: new Event(), ends: pipe<string>() }));
}

describe("waitAny", () => {
  test("resolves to all that are ready, in the order given", async () => {
    const { queue, event, ends } = objects();
    event.set();
    await queue.put(1);
    expect(await waitAny([queue, ends[0], event])).toEqual([queue, event]);
  });

  test("waits for the first, whichever it is, and leaves the others as they were", async () => {
    const { queue, event, ends } = objects();
    const waiting = waitAny([queue, ends[0], event]);
    await new Promise(setImmediate);
    await ends[1].send("hello");
    expect(await waiting).toEqual([ends[0]]);
    expect(await ends[0].recv()).toBe("hello");
    // Nobody who gave up is still in the way of a wake.
    const getting = queue.get();
    await queue.put(7);
    expect(await getting).toBe(7);
  });

  test("finds the end of file and the end of a process", async () => {
    const { ends } = objects();
    ends[1].open();
    ends[0].open();
    ends[1].close();
    expect(await waitAny([ends[0]])).toEqual([ends[0]]);
    const process = child("nothing");
    expect(await waitAny([process])).toEqual([process]);
    await process.join();
  });

  test("resolves to nothing when the time is up, also where there is nothing to wait for", async () => {
    const { queue, event } = objects();
    expect(await waitAny([queue, event], { timeoutMs: 2 })).toEqual([]);
    expect(await waitAny([queue], { timeoutMs: -1 })).toEqual([]);
    expect(await waitAny([], { timeoutMs: 1 })).toEqual([]);
    await expect(waitAny([])).rejects.toThrow(RangeError);
  });

  test("ends with its signal", async () => {
    const { queue } = objects();
    const abort = new AbortController();
    const waiting = waitAny([queue], { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});
