import { describe, expect, test } from "vitest";
import type { Property } from "../harness/property.ts";
import {
  atMost,
  barrierRounds,
  boundedBypass,
  boundedWaiting,
  eventGating,
  exactlyOnce,
  fifo,
  joinCompleteness,
  linearizability,
  mutualExclusion,
  noInvention,
  noLoss,
  noLostNotification,
  noLostUpdate,
  noNeedlessWait,
  noOversell,
  pipeFraming,
  queueModel,
  sketch,
  stockBalance,
} from "./index.ts";
import { propertyNames } from "./fixtures/property-names.ts";

interface Case {
  readonly property: Property;
  readonly breaks: string;
  readonly message: string;
  readonly operations: readonly number[];
  /** Histories that nearly break it. */
  readonly nearly: readonly string[];
  readonly final?: unknown;
  readonly times?: readonly number[];
}

const CASES: Readonly<Record<string, Case>> = {
  "at-most": {
    property: atMost(2),
    breaks: `
      p1  1..2   rooms.acquire() = true
      p2  3..4   rooms.acquire() = true
      p3  5..6   rooms.acquire() = true
      p1  7..8   rooms.release()`,
    message: "p1, p2 and p3 held rooms at once, and 2 may",
    operations: [0, 1, 2],
    nearly: [
      `p1  1..2   rooms.acquire() = true
       p2  3..4   rooms.acquire() = true
       p1  5..8   rooms.release()
       p3  6..7   rooms.acquire() = true`,
      `p1  1..2   rooms.acquire() = true
       p2  3..4   rooms.acquire() = true
       p3  5..    rooms.acquire()`,
    ],
  },
  fifo: {
    property: fifo(),
    breaks: `
      p1  1..2   queue.put(1)
      p2  3..4   queue.put(2)
      c1  5..6   queue.get() = 2
      c1  7..8   queue.get() = 1`,
    message: "2 overtook 1: it went in later and came out earlier",
    operations: [0, 1, 2, 3],
    nearly: [
      `p1  1..3   queue.put(1)
       p2  2..4   queue.put(2)
       c1  5..6   queue.get() = 2
       c1  7..8   queue.get() = 1`,
      `p1  1..2   queue.put(1)
       p2  3..4   queue.put(2)
       c2  4..    queue.get()
       c1  5..6   queue.get() = 2`,
    ],
  },
  "producer-fifo": {
    property: fifo({ per: "producer" }),
    breaks: `
      p1  1..2   queue.put(1)
      p1  3..4   queue.put(2)
      c1  5..6   queue.get() = 2`,
    message: "2 came out, and 1, which had gone in before it, was still inside",
    operations: [0, 1, 2],
    nearly: [
      `p1  1..2   queue.put(1)
       p2  3..4   queue.put(2)
       c1  5..6   queue.get() = 2`,
    ],
  },
  "exactly-once": {
    property: exactlyOnce(),
    breaks: `
      p1  1..2   queue.put(7)
      c1  3..4   queue.get() = 7
      c2  3..5   queue.get() = 7`,
    message: "7 was put in once and came out 2 times, to c1 and c2",
    operations: [0, 1, 2],
    nearly: [
      `p1  1..2   queue.put(7)
       p2  1..    queue.put(7)
       c1  3..4   queue.get() = 7
       c2  3..5   queue.get() = 7`,
    ],
  },
  "no-invention": {
    property: noInvention(),
    breaks: `
      p1  5..6   queue.put(7)
      c1  3..4   queue.get() = 7`,
    message: "c1 got 7 before p1 began to put it in",
    operations: [0, 1],
    nearly: [
      `p1  3..    queue.put(7)
       c1  2..4   queue.get() = 7`,
    ],
  },
  "no-loss": {
    property: noLoss({ left: (final: { items: number[] }) => final.items }),
    breaks: `
      p1  1..2   queue.put(1)
      p1  3..4   queue.put(2)
      p1  5..6   queue.put(3)
      c1  7..    queue.get()`,
    message: "p1's 1 and p1's 2 went in and never came out, of which 1 unfinished get can have taken 1",
    operations: [0, 1, 3],
    final: { items: [3] },
    nearly: [
      `p1  1..2   queue.put(1)
       p1  3..    queue.put(2)
       p1  5..6   queue.put(3)
       c1  7..    queue.get()`,
    ],
  },
  "event-gating": {
    property: eventGating({ gated: "pass" }),
    breaks: `
      light  1..2   green.set()
      light  3..4   green.clear()
      car1   5..7   pass()
      light  8..9   green.set()`,
    message: 'car1 went through "pass" while the event was clear',
    operations: [0, 1, 2],
    nearly: [
      `light  1..2   green.set()
       light  3..6   green.clear()
       car1   5..7   pass()`,
      `light  1..2   green.set()
       light  3..4   green.clear()
       light  5..    green.set()
       car1   6..7   pass()`,
    ],
  },
  "no-lost-notification": {
    property: noLostNotification(),
    breaks: `
      w1  1..    ready.wait()
      w2  2..9   ready.wait() = false
      n1  4..5   ready.notify()`,
    message: "n1 notified once, and nobody woke up, while w1 was waiting",
    operations: [0, 2],
    nearly: [
      `w1  1..    ready.wait()
       w2  2..9   ready.wait() = true
       n1  4..5   ready.notify()`,
      `w1  1..    ready.wait()
       w2  2..    ready.wait()
       n1  4..5   ready.notify()
       w2  killed`,
      `n1  1..2   ready.notify()
       w1  3..    ready.wait()`,
    ],
  },
  "barrier-rounds": {
    property: barrierRounds({ parties: 3 }),
    breaks: `
      p1  1..4   gate.wait()
      p2  2..6   gate.wait()
      p3  5..7   gate.wait()`,
    message: "p1 passed the barrier of 3 with only p2",
    operations: [0, 1],
    nearly: [
      `p1  1..4   gate.wait()
       p2  2..6   gate.wait()
       p3  3..    gate.wait()`,
    ],
  },
  "join-completeness": {
    property: joinCompleteness(),
    breaks: `
      p1    1..2   tasks.put(1)
      main  3..6   tasks.join()
      c1    4..5   tasks.get() = 1
      c1    7..8   tasks.taskDone()`,
    message: "main's join returned while a task that p1 had put was unfinished all the time",
    operations: [0, 1],
    nearly: [
      `p1    1..2   tasks.put(1)
       main  3..6   tasks.join()
       c1    4..    tasks.taskDone()`,
    ],
  },
  "pipe-framing": {
    property: pipeFraming(),
    breaks: `
      a  1..2   pipe.send("hello")
      b  3..4   pipe.recv() = "hel"`,
    message: 'b received "hel", which nobody sent',
    operations: [1],
    nearly: [
      `a  1..    pipe.send("hello")
       b  3..4   pipe.recv() = "hello"
       b  5..6   pipe.recv() ! "EofError: the other end is closed"`,
    ],
  },
  "bounded-bypass": {
    property: boundedBypass({ bypassesMax: 1 }),
    breaks: `
      p1  1..9   lock.acquire() = true
      p2  2..3   lock.acquire() = true
      p2  4..5   lock.release()
      p2  6..7   lock.acquire() = true
      p2  7..8   lock.release()`,
    message: "p1 waited for lock while 2 later acquires were granted, by p2",
    operations: [0, 1, 3],
    nearly: [
      `p1  2..9   lock.acquire() = true
       p2  1..3   lock.acquire() = true
       p2  4..5   lock.release()
       p2  6..7   lock.acquire() = true
       p2  7..8   lock.release()`,
    ],
  },
  "bounded-waiting": {
    property: boundedWaiting({ operation: "get", maxMs: 100 }),
    breaks: `c1  1..7   queue.get() = 1`,
    message: "c1's get() → 1 took 120 ms, and 100 is the most",
    operations: [0],
    times: [0, 0, 20, 40, 60, 80, 100, 120, 140],
    nearly: [
      `c1  1..6   queue.get() = 1`,
      `c1  1..    queue.get()
       c1  killed`,
    ],
  },
  "mutual-exclusion": {
    property: mutualExclusion(),
    breaks: `
      p1  1..2   lock.acquire() = true
      p2  3..4   lock.acquire() = true`,
    message: "p1 and p2 both held lock",
    operations: [0, 1],
    nearly: [
      `p1  1..2   lock.acquire() = true
       p1  3..6   lock.release()
       p2  4..5   lock.acquire() = true`,
      `p1  1..2   lock.acquire() = true
       p2  3..4   lock.acquire() = false
       p3  5..    lock.acquire()`,
    ],
  },
  "no-oversell": {
    property: noOversell({ operation: "buy", stock: 1 }),
    breaks: `
      p1  1..2   buy() = "bought"
      p2  1..2   buy() = "bought"`,
    message: "2 tickets sold, 1 in stock",
    operations: [0, 1],
    nearly: [
      `p1  1..2   buy() = "bought"
       p2  1..    buy()
       p3  1..2   buy() = "sold out"`,
    ],
  },
  "no-lost-update": {
    property: noLostUpdate({ operation: "buy", stock: 3, left: (final: { left: number }) => final.left }),
    breaks: `
      p1  1..2   buy() = "bought"
      p2  1..2   buy() = "bought"`,
    message: "2 tickets sold and 2 left, 3 in stock",
    operations: [0, 1],
    final: { left: 2 },
    nearly: [
      `p1  1..2   buy() = "bought"
       p2  1..    buy()`,
    ],
  },
  "stock-balance": {
    property: stockBalance({ operation: "buy", stock: 3, left: "stock" }),
    breaks: `
      p1  1..4   buy() = "bought"
      p1  2..3   stock.set(2)
      p2  5..8   buy() = "bought"
      p2  6..7   stock.set(2)`,
    message: "2 tickets sold and 2 left while no sale was open, 3 in stock",
    operations: [0, 2, 3],
    nearly: [
      `p1  1..4   buy() = "bought"
       p1  2..3   stock.set(2)
       p2  5..    buy()
       p2  6..7   stock.set(2)`,
    ],
  },
  linearizable: {
    property: linearizability({ model: queueModel() }),
    breaks: `
      p1  1..2   queue.put(1)
      c1  3..4   queue.get() = null`,
    message: "c1 was told that there is nothing, and 1 was inside all the time",
    operations: [0, 1],
    nearly: [
      `p1  1..3   queue.put(1)
       c1  2..4   queue.get() = null`,
      `p1  1..2   queue.put(1)
       c2  1..    queue.get()
       c1  3..4   queue.get() = null`,
    ],
  },
  "sequential-consistency": {
    property: linearizability({ model: queueModel(), consistency: "sequential" }),
    breaks: `
      p1  1..2   queue.put(1)
      p1  3..4   queue.get() = null`,
    message: "no order that keeps each process's own explains these 2 answers",
    operations: [0, 1],
    nearly: [
      `p1  1..2   queue.put(1)
       c1  3..4   queue.get() = null`,
    ],
  },
  "quiescent-consistency": {
    property: linearizability({ model: queueModel(), consistency: "quiescent" }),
    breaks: `
      p1  1..2   queue.put(1)
      p1  3..4   queue.get() = null`,
    message: "p1 was told that there is nothing, and 1 was inside all the time",
    operations: [0, 1],
    nearly: [
      `p1  1..2   queue.put(1)
       p2  1..3   queue.put(2)
       p1  4..5   queue.get() = 2`,
    ],
  },
  "no-needless-wait": {
    property: noNeedlessWait({ model: queueModel() }),
    breaks: `
      p1  1..2   queue.put(1)
      c1  3..    queue.get()
      c1  blocked`,
    message: "c1 in get() waits for ever and needs not after p1's put(1)",
    operations: [0, 1],
    nearly: [
      `c1  1..    queue.get()
       c1  blocked`,
      `p1  1..2   queue.put(1)
       c1  3..    queue.get()
       c1  killed`,
      `p1  1..2   queue.put(1)
       c1  1..    queue.get()
       c1  killed
       c2  3..    queue.get()
       c2  blocked`,
    ],
  },
};

test("no property is left out", () => expect(Object.keys(CASES).sort()).toEqual(propertyNames()));

describe.each(Object.entries(CASES))("%s", (name, { property, breaks, message, operations, nearly, final, times }) => {
  const drawn = (text: string) => sketch(text, { final, ...(times === undefined ? {} : { times }) });

  test("names itself", () => expect(property.name).toBe(name));

  test("says what broke and which operations show it", () => {
    expect(property.check(drawn(breaks))).toEqual({ message, operations });
  });

  test("lets pass what only nearly breaks it", () => {
    for (const history of nearly)
      expect({ history, violation: property.check(drawn(history)) }).toEqual({ history, violation: null });
  });
});

test("each pattern of a broken pipe is told apart", () => {
  expect(
    brokenPipe(`a 1..2 pipe.send(1)
    a 3..4 pipe.send(2)
    b 5..6 pipe.recv() = 2
    b 7..8 pipe.recv() = 1`),
  ).toBe("a's 2 arrived before its 1, which it had sent first");
  expect(
    brokenPipe(`a 1..2 pipe.send(1)
    b 3..4 pipe.recv() = 1
    b 5..6 pipe.recv() = 1`),
  ).toBe("b received 1 before it was sent or once too often");
  expect(
    brokenPipe(`a 1..2 pipe.send(1)
    b 3..4 pipe.recv() = null
    b 5..6 pipe.recv() = 1`),
  ).toBe("b received 1 after the end");
  expect(
    brokenPipe(`a 1..2 pipe.send(1)
    b 3..4 pipe.recv() = null
    a 5..6 pipe.close()`),
  ).toBe("b was told of the end before any sender called close");
  expect(
    brokenPipe(`a 1..2 pipe.send(1)
    a 3..4 pipe.close()
    b 5..6 pipe.recv() = null`),
  ).toBe("the end came, and a's 1, which had been sent, never did");
});

test("a queue to which a value is put twice has no order that fifo could tell", () => {
  const twice = sketch(`p1 1..2 queue.put(1)
    p1 3..4 queue.put(1)`);
  expect(() => fifo().check(twice)).toThrow(/the value 1 was put in twice\. Put every value in only once/);
});

function brokenPipe(text: string): string | undefined {
  return pipeFraming().check(sketch(text))?.message;
}
