import { setImmediate as turn } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClosedError, HeldUpError, NotSharableError, QueueEmpty, QueueEnded, QueueFull } from "./errors.ts";
import { withArena } from "./memory/arena.ts";
import { again, freshArena, inFreshArena } from "./fixtures/arena.ts";
import { Event } from "./event.ts";
import { child } from "./fixtures/children.ts";
import { recorded } from "./fixtures/recording-probe.ts";
import { JoinableQueue } from "./joinable-queue.ts";
import { Lock } from "./lock.ts";
import { Queue } from "./queue.ts";
import { SimpleQueue } from "./simple-queue.ts";

describe("a queue", () => {
  test("gives values back in the order in which they were put", async () => {
    const queue = inFreshArena(() => new Queue<number>());
    await queue.put(1);
    queue.putSync(2);
    expect(queue.tryPut(3)).toBe(true);
    expect(queue.size).toBe(3);
    expect([await queue.get(), queue.getSync(), queue.tryGet()]).toEqual([1, 2, 3]);
    expect(queue.empty).toBe(true);
  });

  test("gives back what was put, as it was then, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.anything({ withDate: true, withMap: true, withTypedArray: true }),
            fc.string({ unit: "grapheme" }),
          ),
        ),
        (values) => {
          const queue = inFreshArena(() => new Queue({ bytes: 64 * 1024 }));
          const plain = values.map((value) => structuredClone(value));
          for (const value of plain) queue.putSync(value);
          expect(plain.map(() => queue.tryGet())).toEqual(plain);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("behaves as an array of bounded length does, however the ring wraps", () => {
    const step = fc.oneof(fc.record({ put: fc.string({ maxLength: 90 }) }), fc.constant("get" as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = inFreshArena(() => new Queue<string>({ maxSize: 4, bytes: 512 }));
        const model: string[] = [];
        for (const action of steps) {
          const before = model.length;
          const found = action === "get" ? tryGet(queue) : queue.tryPut(action.put);
          const wanted = action === "get" ? model.shift() : found && model.push(action.put) > 0;
          expect(found).toBe(wanted);
          expect(queue.size).toBe(model.length);
          expect(model.length <= 4 && (before > 0 || action === "get" || found === true)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("is full at maxSize items, and empty at none", async () => {
    const queue = inFreshArena(() => new Queue(1));
    expect(() => queue.tryGet()).toThrow(QueueEmpty);
    await expect(queue.get({ timeoutMs: 1 })).rejects.toThrow(QueueEmpty);
    await queue.put("only");
    expect(queue.full).toBe(true);
    expect(queue.tryPut("more")).toBe(false);
    await expect(queue.put("more", { timeoutMs: 0 })).rejects.toThrow(QueueFull);
    expect(() => queue.putSync("more", { timeoutMs: 1 })).toThrow(QueueFull);
    expect(queue.tryGet()).toBe("only");
  });

  test("is empty or full only if it is: who stands still in the middle of a get or a put is told apart", async () => {
    const queue = inFreshArena(() => new Queue<number>(1));
    const { readers, writers } = queue.ring;
    await recorded((probe) => {
      const other = (body: () => void): void => {
        probe.me = 2;
        body();
        probe.me = 1;
      };
      other(() => (readers.takeSync(), writers.takeSync()));
      expect(() => queue.tryGet()).toThrow(QueueEmpty);
      expect(() => queue.getSync({ timeoutMs: 1 })).toThrow(QueueEmpty);
      expect(() => queue.tryPut(1)).toThrow(HeldUpError);
      expect(() => queue.putSync(1, { timeoutMs: 1 })).toThrow(HeldUpError);
      other(() => writers.release());
      expect(queue.tryPut(1)).toBe(true);
      expect(() => queue.tryGet()).toThrow(HeldUpError);
      expect(() => queue.getSync({ timeoutMs: 1 })).toThrow(HeldUpError);
      other(() => writers.takeSync());
      expect(queue.tryPut(2)).toBe(false);
      other(() => readers.release());
      expect(queue.tryGet()).toBe(1);
    });
  });

  test("names the process that is stopped in the middle of a get, and goes on when that one does", async () => {
    const queue = new Queue<string>();
    const inside = new Event();
    await queue.put("item");
    const stopped = child("standsStillInAGet", [{ queue, inside }]);
    await inside.wait();
    await expect(queue.get({ timeoutMs: 1 })).rejects.toMatchObject({ name: "HeldUpError", pid: stopped.pid });
    process.kill(stopped.pid!, "SIGCONT");
    expect(await queue.get()).toBe("item");
    expect(await stopped.join()).toBe(0);
  });

  test.each([undefined, 0, -1])("made with maxSize %s holds as many as its bytes do", (maxSize) => {
    const queue = inFreshArena(() => new Queue<number>(maxSize === undefined ? {} : { maxSize }));
    let put = 0;
    while (put < 2000 && queue.tryPut(put)) put++;
    expect(put).toBe(1023);
    expect(queue.full).toBe(false);
  });

  test("gives what is there to who only tries, though somebody else waits", async () => {
    const queue = inFreshArena(() => new Queue<number>());
    const waiting = queue.get();
    await turn();
    queue.putSync(1);
    expect(queue.tryGet()).toBe(1);
    queue.putSync(2);
    expect(await waiting).toBe(2);
  });

  test("wakes a waiting consumer for each value, and a waiting producer for each place", async () => {
    const queue = inFreshArena(() => new Queue<number>(1));
    const gotten = [queue.get(), queue.get(), queue.get()];
    await turn();
    const put = [queue.put(1), queue.put(2), queue.put(3)];
    await Promise.all(put);
    expect((await Promise.all(gotten)).toSorted()).toEqual([1, 2, 3]);
  });

  test("behaves so whoever acts: what one process remembers of the others' positions is never wrong", () => {
    const action = fc.record({ who: fc.nat(2), put: fc.option(fc.string({ maxLength: 60 })) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
        const arena = freshArena();
        const build = (): Queue<string> => new Queue<string>({ maxSize: 6, bytes: 256 });
        const views = [withArena(arena, build), again(arena, build), again(arena, build)];
        const model: string[] = [];
        for (const { who, put } of actions) {
          const before = model.length;
          const found = put === null ? tryGet(views[who]) : views[who].tryPut(put);
          const wanted = put === null ? model.shift() : found && model.push(put) > 0;
          expect(found).toBe(wanted);
          // 256 bytes have room for two messages of any of these lengths.
          expect(before > 1 || put === null || found === true).toBe(true);
          for (const view of views) expect(view.size).toBe(model.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each(["\ud800", { half: "\udfff" }, "漢 😀", { 漢: "😀" }])("gives back the text %j", (text) => {
    const queue = inFreshArena(() => new Queue());
    queue.putSync(text);
    expect(queue.tryGet()).toStrictEqual(text);
  });

  test("carries large messages whole, also around the end of the ring", () => {
    const queue = new Queue<Uint8Array>({ bytes: 5_000_000 });
    const message = (n: number): Uint8Array => new Uint8Array(600_000 * (1 + (n % 4))).fill(n);
    const kept: Uint8Array[] = [];
    for (let n = 1; n < 12; n++) {
      queue.putSync(message(n));
      kept.push(queue.getSync());
    }
    for (const [index, bytes] of kept.entries()) expect(Buffer.compare(bytes, message(index + 1))).toBe(0);
  });

  test("refuses at the sender what cannot be copied, and stays as it was", async () => {
    const queue = inFreshArena(() => new Queue());
    await expect(queue.put(() => 1)).rejects.toThrow(NotSharableError);
    const lock = inFreshArena(() => new Lock());
    await expect(queue.put({ lock })).rejects.toThrow(NotSharableError);
    await expect(queue.put("x".repeat(20_000))).rejects.toThrow("does not fit a queue");
    expect(queue.size).toBe(0);
  });

  test("copies what is put: changing it afterwards changes nothing", () => {
    const queue = inFreshArena(() => new Queue<{ n: number }>());
    const value = { n: 1 };
    queue.putSync(value);
    value.n = 2;
    expect(queue.tryGet()).toEqual({ n: 1 });
  });

  test("that has ended gives what is there, then says so to everybody", async () => {
    const queue = inFreshArena(() => new Queue<number>());
    queue.putSync(1);
    queue.end();
    expect(() => queue.putSync(2)).toThrow(QueueEnded);
    const values: number[] = [];
    for await (const value of queue) values.push(value);
    expect(values).toEqual([1]);
    const other = inFreshArena(() => new Queue());
    const waiting = other.get();
    await turn();
    other.end();
    await expect(waiting).rejects.toThrow(QueueEnded);
  });

  test("that ends while somebody waits for room tells him", async () => {
    const queue = inFreshArena(() => new Queue(1));
    await queue.put("only");
    const waiting = queue.put("more");
    await turn();
    queue.end();
    await expect(waiting).rejects.toThrow(QueueEnded);
    expect(queue.tryGet()).toBe("only");
    expect(() => queue.tryGet()).toThrow(QueueEnded);
  });

  test("that ends while somebody puts has his value or refuses it", async () => {
    const queue = inFreshArena(() => new Queue());
    await recorded((probe) => {
      const copy = probe.copy.bind(probe);
      probe.copy = () => {
        probe.copy = copy;
        queue.end();
        expect(() => queue.tryGet()).toThrow(QueueEnded);
      };
      expect(() => queue.putSync("late")).toThrow(QueueEnded);
    });
    expect(queue.size).toBe(0);
  });

  test("that was closed here is not used here any more", async () => {
    const arena = freshArena();
    const queue = withArena(arena, () => new JoinableQueue<number>());
    const elsewhere = again(arena, () => new JoinableQueue<number>());
    queue.putSync(1);
    {
      using _ = queue;
    }
    queue.close();
    const members: (() => unknown)[] = [
      () => queue.putSync(1),
      () => queue.tryPut(1),
      () => queue.getSync(),
      () => queue.tryGet(),
      () => queue.size,
      () => queue.empty,
      () => queue.full,
      () => queue.end(),
      () => queue.taskDone(),
      () => queue.joinSync(),
      () => queue.unfinished,
      () => queue.readySync(),
    ];
    for (const member of members) expect(member).toThrow(ClosedError);
    for (const pending of [queue.put(1), queue.get(), queue.join(), queue.ready()])
      await expect(pending).rejects.toThrow(ClosedError);
    expect(elsewhere.tryGet()).toBe(1);
  });

  test("costs a lock, a look, a copy and a publication, and as much to get", async () => {
    const queue = inFreshArena(() => new Queue());
    await recorded((probe) => {
      queue.putSync({ a: 1 });
      expect(probe.steps.splice(0)).toEqual(["update", "update", "copy write", "update", "update"]);
      queue.getSync();
      expect(probe.steps).toEqual(["update", "update", "copy read", "update", "update"]);
      expect(probe.operations[1]).toBe("get() = [object Object]");
    });
  });

  test("survives a consumer that dies with the readers' lock: its item goes to the next one", async () => {
    const queue = inFreshArena(() => new Queue<number>());
    queue.putSync(1);
    await recorded((probe) => {
      const copy = probe.copy.bind(probe);
      probe.copy = () => {
        probe.copy = copy;
        // Dead here: nothing that it would still do may happen.
        throw new Error("killed");
      };
      expect(() => queue.getSync()).toThrow("killed");
    });
    expect(queue.size).toBe(1);
    expect(queue.tryGet()).toBe(1);
  });

  test("carries values between processes, each exactly once", async () => {
    const work = new Queue<number>(8);
    const done = new SimpleQueue<number>();
    const workers = [1, 2, 3].map(() => child("doubles", [{ work, done }]));
    const results: number[] = [];
    const collecting = (async () => {
      for (let n = 0; n < 500; n++) results.push(await done.get());
    })();
    for (let n = 0; n < 500; n++) await work.put(n);
    work.end();
    await collecting;
    for (const worker of workers) expect(await worker.join()).toBe(0);
    expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, n) => 2 * n));
  });
});

function tryGet(queue: Queue<string>): string | undefined {
  try {
    return queue.tryGet();
  } catch (error) {
    if (error instanceof QueueEmpty) return undefined;
    throw error;
  }
}
