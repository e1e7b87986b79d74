import { describe, expect, test } from "vitest";
import { again, freshArena, inFreshArena } from "./fixtures/arena.ts";
import { Lock } from "./lock.ts";
import { withArena } from "./memory/arena.ts";
import { SharedBytes } from "./shared-bytes.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

describe("shared bytes", () => {
  test("begin as zeros or as the bytes given, and are the same elsewhere", () => {
    const arena = freshArena();
    const name = withArena(arena, () => new SharedBytes(Buffer.from("ada")));
    expect(text(name.raw)).toBe("ada");
    const there = again(arena, () => new SharedBytes(3));
    there.set(Buffer.from("m"), 1);
    expect(text(name.raw)).toBe("ama");
    expect([...inFreshArena(() => new SharedBytes(2)).raw]).toEqual([0, 0]);
  });

  test("have a value up to the first 0, as a C string has", () => {
    const name = inFreshArena(() => new SharedBytes(5));
    name.value = Buffer.from("hello");
    expect(text(name.value)).toBe("hello");
    name.value = Buffer.from("ada");
    expect(text(name.value)).toBe("ada");
    expect(text(name.raw)).toBe("ada\0o");
  });

  test("refuse what does not fit, and are unchanged then", () => {
    const name = inFreshArena(() => new SharedBytes(3));
    expect(() => (name.value = Buffer.from("four"))).toThrow(RangeError);
    expect(() => name.set(Uint8Array.of(1), 3)).toThrow(RangeError);
    expect(() => name.set(Uint8Array.of(1), -1)).toThrow(RangeError);
    expect([...name.raw]).toEqual([0, 0, 0]);
    expect(() => inFreshArena(() => new SharedBytes(-1))).toThrow(RangeError);
  });

  test("have a lock of their own, somebody else's, or none", () => {
    const { own, lent, none, lock } = inFreshArena(() => {
      const lock = new Lock();
      return {
        lock,
        own: new SharedBytes(1),
        lent: new SharedBytes(1, { lock }),
        none: new SharedBytes(1, { lock: false }),
      };
    });
    {
      using _ = lent.holdSync();
      expect(lock.mine).toBe(true);
    }
    expect(own.lock.mine).toBe(false);
    expect(() => none.lock).toThrow(TypeError);
  });
});
