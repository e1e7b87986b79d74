import { describe, expect, test } from "vitest";
import { Event } from "./event.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { recorded } from "./fixtures/recording-probe.ts";

describe("an event", () => {
  test("starts cleared, and is set and cleared as often as one likes", async () => {
    const event = inFreshArena(() => new Event());
    expect(event.isSet).toBe(false);
    expect(await event.wait({ timeoutMs: 0 })).toBe(false);
    event.set();
    event.set();
    expect(event.isSet).toBe(true);
    expect(event.waitSync()).toBe(true);
    event.clear();
    event.clear();
    expect(event.waitSync({ timeoutMs: 1 })).toBe(false);
  });

  test("wakes everybody who waits", async () => {
    const event = inFreshArena(() => new Event());
    const waiting = [event.wait(), event.wait(), event.wait({ timeoutMs: 60_000 })];
    event.set();
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
  });

  test("that is set and cleared before a waiter looks has been set for the waiter", async () => {
    const event = inFreshArena(() => new Event());
    const waiting = event.wait();
    event.set();
    event.clear();
    expect(await waiting).toBe(true);
  });

  test("that is set and cleared just before the time is up has been set for the waiter", async () => {
    const event = inFreshArena(() => new Event());
    await recorded((probe) => {
      probe.waits.push(() => {
        event.set();
        event.clear();
        return "timed-out";
      });
      expect(event.waitSync({ timeoutMs: 5 })).toBe(true);
    });
  });

  test("takes one step to look, set and clear, and wakes only if somebody waits", async () => {
    const event = inFreshArena(() => new Event());
    await recorded((probe) => {
      event.set();
      event.clear();
      expect(event.isSet).toBe(false);
      expect(probe.steps).toEqual(["update", "update", "read"]);
      event.waitSync({ timeoutMs: 5 });
      probe.steps.length = 0;
      event.set();
      event.set();
      expect(probe.steps).toEqual(["update", "wake", "update"]);
    });
  });
});
