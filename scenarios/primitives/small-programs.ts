import fc from "fast-check";
import type { RoleContext } from "../../harness/scenario.ts";
import type { Property } from "../../harness/property.ts";
import type { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { joinCompleteness } from "../../properties/join-completeness.ts";
import { linearizability } from "../../properties/linearizability.ts";
import { queueModel } from "../../properties/models/queue.ts";
import { pipeFraming } from "../../properties/pipe-framing.ts";
import type { Barrier } from "../../primitives/barrier.ts";
import type { Connection } from "../../primitives/connection.ts";
import type { Queue } from "../../primitives/queue.ts";
import type { SimpleQueue } from "../../primitives/simple-queue.ts";
import type { Claim } from "./claim.ts";

/** A process's operations, one after the other, and all processes. */
export type Program = readonly (readonly string[])[];

/** What a process can do, by name. */
export type Operations<Object> = Readonly<Record<string, (object: Object, p: RoleContext<Program>) => unknown>>;

/** Programs of a primitive, small enough that everything smaller than one that fails is proved to hold. */
export function smallPrograms<Object extends object>(
  name: string,
  build: (program: Program) => Object,
  operations: Operations<Object>,
  properties: readonly Property[],
  programs: readonly Program[],
): Claim<Program, { object: Object }> {
  return {
    name,
    description: `each process does a few operations: ${programs.map(shownProgram).join("; ")}`,
    input: fc.constantFrom(...programs),
    shared: (program) => ({ object: build(program) }),
    processes: (program) => program.map(() => "process"),
    roles: {
      async process({ object }, p) {
        for (const operation of p.input[p.index]) await operations[operation](object, p);
      },
    },
    properties: [...properties],
  };
}

export function shownProgram(program: Program): string {
  return program.map((operations) => operations.join(" ")).join(" | ");
}

export function barrierPrograms(type: new (parties: number) => Barrier): Claim<Program, { object: Barrier }> {
  const wait = (barrier: Barrier): unknown => barrier.wait();
  return smallPrograms(
    "barrier-programs",
    (program) => new type(program.length),
    { wait },
    [],
    [
      [["wait"], ["wait"]],
      [["wait"], ["wait"], ["wait"]],
    ],
  );
}

/** Two items, and a queue with room for one. */
export function queuePrograms(
  type: new (options: { maxSize: number }) => Queue<number>,
): Claim<Program, { object: Queue<number> }> {
  const model = queueModel(1);
  return smallPrograms(
    "queue-programs",
    () => new type({ maxSize: 1 }),
    QUEUEING,
    [linearizability({ object: "object", model })],
    TWO_ITEMS,
  );
}

export function simpleQueuePrograms(
  type: new (options: { bytes: number }) => SimpleQueue<number>,
): Claim<Program, { object: SimpleQueue<number> }> {
  const model = queueModel();
  return smallPrograms(
    "simple-queue-programs",
    () => new type({ bytes: 128 }),
    QUEUEING,
    [linearizability({ object: "object", model })],
    TWO_ITEMS,
  );
}

/** One item is being worked on when another one is done. */
export function joinableQueuePrograms(
  type: new (options: { bytes: number }) => JoinableQueue<number>,
): Claim<Program, { object: JoinableQueue<number> }> {
  const operations = {
    ...QUEUEING,
    done: (queue: JoinableQueue<number>) => queue.taskDone(),
    join: (queue: JoinableQueue<number>) => queue.join(),
  };
  return smallPrograms(
    "joinable-queue-programs",
    () => new type({ bytes: 256 }),
    operations,
    [joinCompleteness({ object: "object" })],
    [
      [["put 1"], ["get", "done"]],
      [
        ["put 1", "put 2", "get", "done", "join"],
        ["get", "done"],
      ],
    ],
  );
}

interface Ends {
  readonly here: Connection<number>;
  readonly there: Connection<number>;
}

export function pipePrograms(
  make: (options: { readonly bytes: number }) => [Connection<number>, Connection<number>],
): Claim<Program, { object: Ends }> {
  const operations = {
    "send 1": ({ here }: Ends) => here.send(1),
    "send 2": ({ here }: Ends) => here.send(2),
    recv: ({ there }: Ends, p: RoleContext<Program>) => p.operation("receive", () => there.recv()),
  };
  const build = (): Ends => {
    const [here, there] = make({ bytes: 128 });
    return { here, there };
  };
  return smallPrograms(
    "pipe-programs",
    build,
    operations,
    [pipeFraming({ receive: ["receive"] })],
    [
      [
        ["send 1", "send 2"],
        ["recv", "recv"],
      ],
      [["send 1", "send 2"], ["recv"], ["recv"]],
    ],
  );
}

const QUEUEING = {
  "put 1": (queue: SimpleQueue<number>) => queue.put(1),
  "put 2": (queue: SimpleQueue<number>) => queue.put(2),
  get: (queue: SimpleQueue<number>) => queue.get(),
};

const TWO_ITEMS: readonly Program[] = [
  [
    ["put 1", "put 2"],
    ["get", "get"],
  ],
  [["put 1"], ["put 2"], ["get", "get"]],
  [["put 1", "put 2"], ["get"], ["get"]],
];
