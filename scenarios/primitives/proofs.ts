import type { Property } from "../../harness/property.ts";
import { scenario, type Scenario } from "../../harness/scenario.ts";
import { Barrier } from "../../primitives/barrier.ts";
import { Condition } from "../../primitives/condition.ts";
import { OverReleaseError } from "../../primitives/errors.ts";
import { Event } from "../../primitives/event.ts";
import { FairLock } from "../../primitives/fair-lock.ts";
import { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { Lock } from "../../primitives/lock.ts";
import { pipe } from "../../primitives/pipe.ts";
import { Queue } from "../../primitives/queue.ts";
import { SimpleQueue } from "../../primitives/simple-queue.ts";
import { RLock } from "../../primitives/rlock.ts";
import { BoundedSemaphore, Semaphore } from "../../primitives/semaphore.ts";
import { SharedArray } from "../../primitives/shared-array.ts";
import { SharedBytes } from "../../primitives/shared-bytes.ts";
import { Value } from "../../primitives/value.ts";
import { joinCompleteness } from "../../properties/join-completeness.ts";
import { linearizability } from "../../properties/linearizability.ts";
import { eventModel } from "../../properties/models/event.ts";
import { queueModel } from "../../properties/models/queue.ts";
import { semaphoreModel } from "../../properties/models/semaphore.ts";
import { mutualExclusion } from "../../properties/mutual-exclusion.ts";
import { noInvention } from "../../properties/no-invention.ts";
import { noLostNotification } from "../../properties/no-lost-notification.ts";
import { pipeFraming } from "../../properties/pipe-framing.ts";
import { smallPrograms, type Operations, type Program } from "./small-programs.ts";

/** Small programs of a primitive, of which `verify` executes every interleaving. */
export interface Proof {
  readonly primitive: string;
  readonly scenario: Scenario;
  /** Two processes with two operations each, and three with one; as far as that makes sense for the primitive. */
  readonly programs: readonly Program[];
  /** How many interleavings each may have, where that is more than by default. */
  readonly runsMax?: readonly number[];
}

function proof<Object extends object>(
  primitive: string,
  build: (program: Program) => Object,
  operations: Operations<Object>,
  properties: readonly Property[],
  programs: readonly Program[],
  runsMax?: readonly number[],
): Proof {
  const name = `${primitive.replaceAll(/(?<=[a-z])(?=[A-Z])| /g, "-").toLowerCase()}-interleavings`;
  const declared = scenario(import.meta.url, smallPrograms(name, build, operations, properties, programs));
  return {
    primitive,
    scenario: declared as unknown as Scenario,
    programs,
    ...(runsMax === undefined ? {} : { runsMax }),
  };
}

function twice(...operations: string[]): Program {
  return [operations, operations];
}

function thrice(operation: string): Program {
  return [[operation], [operation], [operation]];
}

interface Lockable {
  acquire(): Promise<unknown>;
  release(): void;
}

const LOCKING: Operations<Lockable> = {
  acquire: (lock) => lock.acquire(),
  release: (lock) => lock.release(),
  async hold(lock) {
    await lock.acquire();
    lock.release();
  },
};

/** One release too many is refused, which is for the model to judge. */
function releaseIfSomebodyHolds(permits: BoundedSemaphore): void {
  try {
    permits.release();
  } catch (error) {
    if (!(error instanceof OverReleaseError)) throw error;
  }
}

const QUEUEING: Operations<Queue<number>> = {
  put: (queue) => queue.put(1),
  get: (queue) => queue.get(),
};

const HAND_OVER: readonly Program[] = [
  [
    ["put", "put"],
    ["get", "get"],
  ],
  [["put"], ["put"], ["get"]],
];

export const PROOFS: readonly Proof[] = [
  proof("Lock", () => new Lock(), LOCKING, [mutualExclusion()], [twice("acquire", "release"), thrice("hold")]),
  proof("FairLock", () => new FairLock(), LOCKING, [mutualExclusion()], [twice("acquire", "release"), thrice("hold")]),
  proof(
    "RLock",
    () => new RLock(),
    LOCKING,
    [mutualExclusion({ reentrant: true })],
    [twice("acquire", "release"), thrice("hold")],
  ),
  proof(
    "Semaphore",
    () => new Semaphore(1),
    { acquire: (permits) => permits.acquire(), release: (permits) => permits.release() },
    [linearizability({ object: "object", model: semaphoreModel(1) })],
    [twice("acquire", "release"), [["acquire"], ["acquire"], ["release"]]],
  ),
  proof(
    "BoundedSemaphore",
    () => new BoundedSemaphore(1),
    { acquire: (permits) => permits.acquire(), release: releaseIfSomebodyHolds },
    [linearizability({ object: "object", model: semaphoreModel(1, { bounded: true }) })],
    [twice("acquire", "release"), [["release"], ["acquire"], ["release"]]],
  ),
  proof(
    "Event",
    () => new Event(),
    {
      set: (event) => event.set(),
      clear: (event) => event.clear(),
      wait: (event) => event.wait(),
      isSet: (event) => event.isSet,
    },
    [linearizability({ object: "object", model: eventModel() })],
    [
      [
        ["clear", "set"],
        ["wait", "isSet"],
      ],
      [["set"], ["wait"], ["wait"]],
    ],
  ),
  proof(
    "Condition",
    () => ({ cooked: new Condition(new Lock()), meals: new Value(0) }),
    {
      async cook({ cooked, meals }) {
        await cooked.acquire();
        meals.add(1);
        cooked.notify();
        cooked.release();
      },
      async eat({ cooked, meals }) {
        await cooked.acquire();
        while (meals.get() === 0) await cooked.wait();
        meals.sub(1);
        cooked.release();
      },
    },
    [noLostNotification()],
    [
      [
        ["cook", "cook"],
        ["eat", "eat"],
      ],
      [["cook"], ["eat"], ["cook"]],
    ],
    [45_000, 10_000],
  ),
  proof(
    "Barrier",
    (program) => new Barrier(program.length),
    { wait: (barrier) => barrier.wait() },
    [],
    [twice("wait", "wait"), thrice("wait")],
    [10_000, 30_000],
  ),
  proof(
    "Queue",
    () => new Queue<number>({ maxSize: 1 }),
    QUEUEING,
    [linearizability({ object: "object", model: queueModel(1) })],
    HAND_OVER,
  ),
  proof("SimpleQueue", () => new SimpleQueue<number>({ bytes: 128 }), QUEUEING, [noInvention()], HAND_OVER),
  proof(
    "JoinableQueue",
    () => new JoinableQueue<number>({ bytes: 256 }),
    {
      put: (queue) => queue.put(1),
      get: (queue) => queue.get(),
      taskDone: (queue) => queue.taskDone(),
      join: (queue) => queue.join(),
    },
    [joinCompleteness({ object: "object" })],
    [
      [
        ["put", "join"],
        ["get", "taskDone"],
      ],
      [["put"], ["put"], ["get"]],
    ],
    [30_000, 10_000],
  ),
  proof(
    "Pipe",
    () => {
      const [here, there] = pipe<number>({ bytes: 128 });
      return { here, there };
    },
    { send: ({ here }) => here.send(1), recv: ({ there }) => there.recv(), poll: ({ there }) => there.poll() },
    [pipeFraming()],
    [
      [
        ["send", "send"],
        ["recv", "recv"],
      ],
      [["send"], ["recv"], ["poll"]],
    ],
  ),
  proof(
    "Value",
    () => new Value(0),
    { add: (value) => value.add(1), get: (value) => value.get() },
    [],
    [twice("add", "get"), thrice("add")],
  ),
  proof(
    "Value of 64 bits",
    () => new Value("float64", 0),
    { add: (value) => value.add(1), get: (value) => value.get() },
    [],
    [twice("add", "get"), thrice("add")],
  ),
  proof(
    "SharedArray",
    () => new SharedArray("int32", 1),
    { add: (array) => array.add(0, 1), get: (array) => array.get(0) },
    [],
    [twice("add", "get"), thrice("add")],
  ),
  proof(
    "SharedBytes",
    () => new SharedBytes(4),
    {
      async write(bytes) {
        using _ = await bytes.hold();
        bytes.set(Buffer.from("ada"));
      },
      async read(bytes) {
        using _ = await bytes.hold();
        void bytes.raw;
      },
    },
    [],
    [twice("write", "read"), [["write"], ["read"], ["read"]]],
  ),
];
