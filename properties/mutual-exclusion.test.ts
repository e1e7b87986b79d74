import { expect, test } from "vitest";
import { atMost } from "./at-most.ts";
import { mutualExclusion } from "./mutual-exclusion.ts";
import { sketch } from "./sketch.ts";

test("two processes whose acquires both returned before either released are both inside", () => {
  const history = sketch(`
    p1   1..2   lock.acquire() = true
    p2   3..4   lock.acquire() = true
    p1   5..6   lock.release()
    p2   7..8   lock.release()
  `);
  expect(mutualExclusion().check(history)).toEqual({ message: "p1 and p2 both held lock", operations: [0, 1] });
});

test("an acquire that returns while the release is under way is no violation", () => {
  const history = sketch(`
    p1   1..2   lock.acquire() = true
    p2   3..6   lock.acquire() = true
    p1   5..7   lock.release()
    p2   8..9   lock.release()
  `);
  expect(mutualExclusion().check(history)).toBeNull();
});

test("an acquire that was refused, threw or never returned holds nothing", () => {
  const history = sketch(`
    p1   1..2   lock.acquire() = true
    p2   3..4   lock.tryAcquire() = false
    p3   3..4   lock.acquire() ! "timed out"
    p4   3..    lock.acquire()
    p1   5..6   lock.release()
  `);
  expect(mutualExclusion().check(history)).toBeNull();
});

test("two locks do not exclude each other", () => {
  const history = sketch(`
    p1   1..2   left.acquire() = true
    p2   3..4   right.acquire() = true
  `);
  expect(mutualExclusion().check(history)).toBeNull();
});

test("a process that gets the lock twice broke it, unless it is re-entrant", () => {
  const twice = sketch(`
    p1   1..2   lock.acquire() = true
    p1   3..4   lock.acquire() = true
    p1   5..6   lock.release()
    p2   7..8   lock.acquire() = true
  `);
  expect(mutualExclusion().check(twice)?.message).toBe("p1 got lock twice without giving it back");
  expect(mutualExclusion({ reentrant: true }).check(twice)).toEqual({
    message: "p1 and p2 both held lock",
    operations: [0, 3],
  });
});

test("a lock passes on after its holder was killed, unless the lock says that it does not", () => {
  const history = sketch(`
    p1   1..2   lock.acquire() = true
    p2   1..6   lock.acquire() = true
    p1   killed
  `);
  expect(mutualExclusion().check(history)).toBeNull();
  expect(mutualExclusion({ death: "holds" }).check(history)?.operations).toEqual([0, 1]);
});

test("a killed holder still held it until its last event", () => {
  const history = sketch(`
    p1   1..2   lock.acquire() = true
    p2   1..3   lock.acquire() = true
    p1   4..5   write()
    p1   killed
  `);
  expect(mutualExclusion().check(history)?.operations).toEqual([0, 1]);
});

test("a critical section that is one operation is entered from its invocation to its return", () => {
  const section = mutualExclusion({ operation: "section" });
  const overlapping = sketch(`
    p1   1..3   section()
    p2   2..4   section()
  `);
  expect(section.check(overlapping)).toEqual({
    message: 'p1 and p2 were both inside "section"',
    operations: [0, 1],
  });
  const touching = sketch(`
    p1   1..3   section()
    p2   3..4   section()
  `);
  expect(section.check(touching)).toBeNull();
});

test("the earliest overlap is reported", () => {
  const history = sketch(`
    p3   20..21   lock.acquire() = true
    p4   22..23   lock.acquire() = true
    p1   1..2     lock.acquire() = true
    p2   3..4     lock.acquire() = true
    p1   5..6     lock.release()
    p2   7..8     lock.release()
  `);
  expect(mutualExclusion().check(history)?.operations).toEqual([2, 3]);
});

test("holds are those of one object each; sections of a name may be of several", () => {
  expect([mutualExclusion(), atMost(1)].map(({ perObject }) => perObject)).toEqual([true, true]);
  const sections = [mutualExclusion({ operation: "section" }), atMost(1, { operation: "section" })];
  expect(sections.map(({ perObject }) => perObject)).toEqual([false, false]);
});
