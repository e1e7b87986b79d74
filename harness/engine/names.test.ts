import { spawnSync } from "node:child_process";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { Region } from "../../primitives/memory/region.ts";
import { H, LaneMemory, PARTS, SIZES } from "./lane-memory.ts";
import { hashOf, Names } from "./names.ts";

const region = Region.create("names-test", PARTS.end);
const memory = new LaneMemory(region);
afterAll(() => region[Symbol.dispose]());
beforeEach(() => {
  memory.words[H.names] = 0;
  memory.words[H.nameBytes] = 0;
});

describe("a process that dies while it has the lock of the names", () => {
  const { pid } = spawnSync("true");

  test("leaves it to the next one", () => {
    memory.words[H.namesLock] = pid;
    const names = new Names(memory);
    expect(names.text(names.intern("read stock"))).toBe("read stock");
    expect(memory.words[H.namesLock]).toBe(0);
  });

  test("leaves no half of a name behind", () => {
    memory.words[H.namesLock] = pid;
    // It had written all but that there is one more.
    const entry = PARTS.names >> 2;
    memory.words.set([hashOf("write stock"), 0, 11], entry);
    memory.words[H.nameBytes] = 11;
    const [one, other] = [new Names(memory), new Names(memory)];
    const hash = one.intern("read stock");
    expect(other.text(hash)).toBe("read stock");
    expect(other.text(hashOf("write stock"))).toBe(`?${hashOf("write stock")}`);
    expect(memory.words[H.names]).toBe(1);
    expect(memory.words[entry + SIZES.nameWords]).toBe(0);
  });
});
