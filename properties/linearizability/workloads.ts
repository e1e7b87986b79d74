import type { Letter } from "../all-histories.ts";
import type { Model } from "../model.ts";
import {
  barrierModel,
  casRegisterModel,
  counterModel,
  eventModel,
  joinableCounterModel,
  keyValueMapModel,
  lockModel,
  priorityQueueModel,
  producerQueueModel,
  queueModel,
  reentrantLockModel,
  registerModel,
  semaphoreModel,
  setModel,
  stackModel,
  ticketOfficeModel,
} from "../models/index.ts";
import type { Draw } from "../random-history.ts";

/** What the checkers of one kind of object are held against the oracle with. */
export interface Kind {
  readonly model: Model<any>;
  readonly clients?: number;
  call(draw: Draw, serial: number): { operation: string; args: readonly unknown[] };
  /** Answers that a disturbed history may get. */
  readonly answers: readonly unknown[];
  /** What an operation of an exhaustive enumeration may be, given those before it. */
  readonly letters: (before: readonly Letter[]) => readonly Letter[];
}

const one = (draw: Draw, names: readonly string[]): { operation: string; args: readonly unknown[] } => ({
  operation: names[draw(names.length)],
  args: [],
});

const letters = (...list: readonly (readonly [string, readonly unknown[], unknown])[]): (() => readonly Letter[]) => {
  const all = list.map(([operation, args, result]) => ({ operation, args, result }));
  return () => all;
};

/** Puts of values 1, 2, ... in the order of the letters, and gets that answer one of these, one more, or nothing. */
const container =
  (put: string, get: string) =>
  (before: readonly Letter[]): readonly Letter[] => {
    const next = before.filter(({ operation }) => operation === put).length + 1;
    const answers = [null, ...Array.from({ length: next }, (_, value) => value + 1)];
    return [
      { operation: put, args: [next], result: undefined },
      ...answers.map((result) => ({ operation: get, args: [], result })),
    ];
  };

const filling =
  (put: string, get: string, value: (serial: number) => number = (serial) => serial + 1) =>
  (draw: Draw, serial: number): { operation: string; args: readonly unknown[] } =>
    draw(2) === 0 ? { operation: get, args: [] } : { operation: put, args: [value(serial)] };

const FEW = [null, 1, 2, 3, 4, 5];

export const KINDS: Readonly<Record<string, Kind>> = {
  lock: {
    model: lockModel(),
    call: (draw) => one(draw, ["acquire", "release"]),
    answers: [true, false, undefined],
    letters: letters(["acquire", [], true], ["acquire", [], false], ["release", [], undefined]),
  },
  "re-entrant lock": {
    model: reentrantLockModel(),
    call: (draw) => one(draw, ["acquire", "release"]),
    answers: [true, false, undefined],
    letters: letters(["acquire", [], true], ["acquire", [], false], ["release", [], undefined]),
  },
  semaphore: {
    model: semaphoreModel(1),
    call: (draw) => one(draw, ["acquire", "acquire", "release"]),
    answers: [true, true, undefined],
    letters: letters(["acquire", [], true], ["acquire", [], false], ["release", [], undefined]),
  },
  "bounded semaphore": {
    model: semaphoreModel(2, { bounded: true }),
    call: (draw) => one(draw, ["acquire", "acquire", "release"]),
    answers: [true, true, undefined],
    letters: letters(["acquire", [], true], ["acquire", [], false], ["release", [], undefined]),
  },
  event: {
    model: eventModel(),
    call: (draw) => one(draw, ["set", "clear", "isSet", "wait"]),
    answers: [true, false],
    letters: letters(
      ["set", [], undefined],
      ["clear", [], undefined],
      ["isSet", [], true],
      ["isSet", [], false],
      ["wait", [], true],
    ),
  },
  barrier: {
    model: barrierModel(2),
    call: (draw) => one(draw, ["wait"]),
    answers: [undefined],
    letters: letters(["wait", [], undefined]),
  },
  "barrier of 3": {
    model: barrierModel(3),
    clients: 4,
    call: (draw) => one(draw, ["wait"]),
    answers: [undefined],
    letters: letters(["wait", [], undefined]),
  },
  queue: { model: queueModel(), call: filling("put", "get"), answers: FEW, letters: container("put", "get") },
  "bounded queue": {
    model: queueModel(2),
    call: filling("put", "get"),
    answers: FEW,
    letters: container("put", "get"),
  },
  "producer queue": {
    model: producerQueueModel(),
    call: filling("put", "get"),
    answers: FEW,
    letters: container("put", "get"),
  },
  stack: { model: stackModel(), call: filling("push", "pop"), answers: FEW, letters: container("push", "pop") },
  "priority queue": {
    model: priorityQueueModel(),
    call: filling("insert", "take", (serial) => ((serial + 1) * 7) % 11),
    answers: [null, 7, 3, 10, 6, 2],
    // The numbers fall, so that a later one comes out before an earlier one.
    letters: (before) =>
      container(
        "insert",
        "take",
      )(before).map(({ operation, args, result }) => ({
        operation,
        args: args.map((value) => 100 - (value as number)),
        result: typeof result === "number" ? 100 - result : result,
      })),
  },
  set: {
    model: setModel(),
    call: (draw) => ({ ...one(draw, ["add", "remove", "has"]), args: [draw(3)] }),
    answers: [true, false],
    letters: letters(
      ["add", [1], true],
      ["add", [1], false],
      ["remove", [1], true],
      ["remove", [1], false],
      ["has", [1], true],
      ["has", [1], false],
    ),
  },
  register: {
    model: registerModel(0),
    call: (draw, serial) => (draw(3) === 0 ? { operation: "write", args: [serial + 1] } : one(draw, ["read"])),
    answers: [0, 1, 2, 3, 4],
    letters: (before) => {
      const next = before.filter(({ operation }) => operation === "write").length + 1;
      return [
        { operation: "write", args: [next], result: undefined },
        ...Array.from({ length: next + 1 }, (_, result) => ({ operation: "read", args: [], result })),
      ];
    },
  },
  "register with equal values": {
    model: registerModel(0),
    call: (draw) => (draw(2) === 0 ? { operation: "write", args: [draw(3)] } : one(draw, ["read"])),
    answers: [0, 1, 2],
    letters: letters(["write", [0], undefined], ["write", [1], undefined], ["read", [], 0], ["read", [], 1]),
  },
  "compare-and-set register": {
    model: casRegisterModel(0),
    call: (draw) =>
      draw(3) === 0
        ? one(draw, ["read"])
        : draw(2) === 0
          ? { operation: "write", args: [draw(3)] }
          : { operation: "cas", args: [draw(3), draw(3)] },
    answers: [0, 1, 2, true, false],
    letters: letters(
      ["write", [1], undefined],
      ["read", [], 0],
      ["read", [], 1],
      ["cas", [0, 1], true],
      ["cas", [1, 0], true],
      ["cas", [0, 1], false],
    ),
  },
  counter: {
    model: counterModel(),
    call: (draw) => one(draw, ["add", "subtract", "read", "fetchAdd"]),
    answers: [-1, 0, 1, 2],
    letters: letters(
      ["add", [], undefined],
      ["subtract", [], undefined],
      ["read", [], 0],
      ["read", [], 1],
      ["fetchAdd", [], 0],
    ),
  },
  "key-value map": {
    model: keyValueMapModel(),
    call: (draw, serial) => {
      const key = draw(2);
      return draw(2) === 0
        ? { operation: "get", args: [key] }
        : { operation: draw(2) === 0 ? "put" : "append", args: [key, `v${serial}`] };
    },
    answers: ["v1", "v1v2", null],
    letters: letters(
      ["put", ["k", "a"], undefined],
      ["append", ["k", "b"], undefined],
      ["get", ["k"], null],
      ["get", ["k"], "a"],
      ["get", ["k"], "ab"],
    ),
  },
  "ticket office": {
    model: ticketOfficeModel(2),
    call: (draw) => one(draw, ["buy", "left"]),
    answers: ["bought", "sold out", 0, 1, 2],
    letters: letters(["buy", [], "bought"], ["buy", [], "sold out"], ["left", [], 0], ["left", [], 1], ["left", [], 2]),
  },
  "joinable counter": {
    model: joinableCounterModel(),
    call: (draw) => one(draw, ["put", "taskDone", "join"]),
    answers: [undefined],
    letters: letters(["put", [1], undefined], ["taskDone", [], undefined], ["join", [], undefined]),
  },
};
