import { createServer, Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Barrier } from "./barrier.ts";
import { Condition } from "./condition.ts";
import { NotSharableError } from "./errors.ts";
import { Event } from "./event.ts";
import { FairLock } from "./fair-lock.ts";
import { child } from "./fixtures/children.ts";
import { inFreshArena } from "./fixtures/arena.ts";
import { JoinableQueue } from "./joinable-queue.ts";
import { Lock } from "./lock.ts";
import { pipe } from "./pipe.ts";
import { Primitive } from "./primitive.ts";
import { sealed, unsealed } from "./process/letter.ts";
import { Process } from "./process/process.ts";
import { Queue } from "./queue.ts";
import { RLock } from "./rlock.ts";
import { BoundedSemaphore, Semaphore } from "./semaphore.ts";
import { SharedArray } from "./shared-array.ts";
import { SharedBytes } from "./shared-bytes.ts";
import { SimpleQueue } from "./simple-queue.ts";
import { Value } from "./value.ts";

function everything() {
  const [end] = pipe({ keep: true, bytes: 64 });
  return {
    lock: new Lock(),
    fairLock: new FairLock(),
    rlock: new RLock(),
    semaphore: new Semaphore(2),
    boundedSemaphore: new BoundedSemaphore(3),
    event: new Event(),
    condition: new Condition(),
    conditionOfLock: new Condition(new Lock()),
    barrier: new Barrier(2),
    queue: new Queue({ maxSize: 2, bytes: 1024 }),
    simpleQueue: new SimpleQueue({ bytes: 1024 }),
    joinableQueue: new JoinableQueue({ bytes: 1024, onConsumerDeath: "fail" as const }),
    value: new Value("float64", 0.5),
    valueOfLock: new Value("int8", 1, { lock: new Lock() }),
    array: new SharedArray("int64", [1n, 2n]),
    bytes: new SharedBytes(Buffer.from("ada")),
    end,
  };
}

const NAMES = Object.keys(everything()) as (keyof ReturnType<typeof everything>)[];

describe.each(NAMES)("a handle: %s", (name) => {
  test.each<[string, (primitive: Primitive) => readonly unknown[], (args: any) => unknown]>([
    ["an argument of its own", (primitive) => [primitive], ([one]) => one],
    ["an array in an object", (primitive) => [{ deep: [[primitive]] }], ([{ deep }]) => deep[0][0]],
    ["a value of a Map", (primitive) => [new Map([["key", primitive]])], ([map]) => map.get("key")],
    ["a key of a Map", (primitive) => [new Map([[primitive, 1]])], ([map]) => [...map.keys()][0]],
    ["a Set", (primitive) => [new Set([primitive])], ([set]) => [...set][0]],
    ["an object without a prototype", (inner) => [Object.assign(Object.create(null), { inner })], ([one]) => one.inner],
    ["a circle", (primitive) => [circle(primitive)], ([one]) => one.self.self.primitive],
  ])("travels in %s", (_where, args, found) => {
    const primitive = everything()[name];
    const there = found(unsealed(sealed(args(primitive))));
    expect(there).toBeInstanceOf(primitive.constructor);
    expect((there as Primitive).offset).toBe(primitive.offset);
    expect((there as Primitive).byteLength).toBe(primitive.byteLength);
  });

  test("is one object there if it was one here", () => {
    const primitive = everything()[name];
    const [first, { second }] = unsealed(sealed([primitive, { second: primitive }])) as [unknown, { second: unknown }];
    expect(first).toBe(second);
  });

  test("does not travel in messages, nor by Node's own means", async () => {
    const primitive = everything()[name];
    const queue = new Queue({ bytes: 1024 });
    await expect(queue.put({ inside: [primitive] })).rejects.toThrow(NotSharableError);
    expect(() => queue.putSync(primitive)).toThrow(NotSharableError);
    expect(() => queue.tryPut(primitive)).toThrow(NotSharableError);
    const [here] = pipe({ bytes: 64 });
    await expect(here.send(primitive)).rejects.toThrow(NotSharableError);
    expect(() => structuredClone(primitive)).toThrow("could not be cloned");
    expect(queue.size).toBe(0);
  });
});

test("every primitive that a child has is the one that its parent has, however deep it lay", async () => {
  const { end: _, ...shared } = everything();
  const user = child("usesEverything", [{ deep: new Map([["all", [shared]]]) }]);
  expect(await user.join()).toBe(0);
  expect(shared.lock.tryAcquire()).toBe(true);
  expect(shared.lock.lastOwnerDied).toBe(true);
  expect(shared.semaphore.value).toBe(1);
  expect(shared.event.isSet).toBe(true);
  expect(shared.barrier.broken).toBe(true);
  expect(shared.queue.tryGet()).toBe("queue");
  expect(shared.simpleQueue.tryGet()).toBe("simpleQueue");
  expect(shared.joinableQueue.tryGet()).toBe("joinableQueue");
  expect(shared.value.get()).toBe(1.5);
  expect(shared.valueOfLock.get()).toBe(2);
  expect([...shared.array]).toEqual([1n, 7n]);
  expect(Buffer.from(shared.bytes.raw).toString()).toBe("bob");
});

class Account {
  balance = 1;

  double(): number {
    return 2 * this.balance;
  }
}

test.each<[string, () => unknown, what: string]>([
  ["a function", () => () => 1, "could not be cloned"],
  ["a symbol", () => Symbol("one"), "could not be cloned"],
  ["a socket", () => new Socket(), "an instance of Socket"],
  ["a server", () => createServer(), "an instance of Server"],
  ["an instance of a class", () => ({ deep: [new Account()] }), "an instance of Account"],
  ["an instance of a class that has a primitive", () => Object.assign(new Account(), { lock: new Lock() }), "Account"],
  ["a URL", () => new URL("file:///"), "an instance of URL"],
  ["a promise", () => Promise.resolve(), "an instance of Promise"],
  ["a WeakMap", () => new WeakMap(), "an instance of WeakMap"],
  ["a generator", () => (function* () {})(), "an object with a prototype of its own"],
  ["a process", () => new Process("file:///role.js", "role"), "an instance of Process"],
  ["a primitive of an arena", () => inFreshArena(() => new Lock()), "an arena of its own"],
])("what cannot travel is refused at the sender, who is told what to do: %s", (_what, make, what) => {
  const argument = make();
  const create = (): Process => new Process("file:///role.js", "role", { args: [1, { argument }] });
  expect(create).toThrow(NotSharableError);
  expect(create).toThrow(what);
  expect(create).toThrow(
    /cannot be sent to another process: .+\. Pass primitives in the args of a Process, and plain data/s,
  );
});

test.each<[string, unknown]>([
  ["a Date", new Date(0)],
  ["a RegExp", /a/g],
  ["bytes", new Uint8Array([1, 2])],
  ["a Buffer", Buffer.from("ada")],
  ["an ArrayBuffer", new ArrayBuffer(2)],
  ["a typed array", new Float64Array([0.5])],
  ["a bigint", 2n ** 70n],
  ["an error", new RangeError("text")],
  ["a boxed number", Object(1)],
  ["undefined", undefined],
  ["null", null],
  ["a circle", circle(1)],
])("plain data travels: %s", (_what, value) => {
  expect(unsealed(sealed([value]))).toEqual([value]);
});

function circle(primitive: unknown): object {
  const one: { self?: object; primitive: unknown } = { primitive };
  one.self = one;
  return one;
}
