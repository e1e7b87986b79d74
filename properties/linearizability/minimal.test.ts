import { describe, expect, test } from "vitest";
import type { Operation } from "../../harness/history.ts";
import { columnsOf } from "../columns.ts";
import type { Model } from "../model.ts";
import { lockModel, producerQueueModel, queueModel, registerModel, semaphoreModel } from "../models/index.ts";
import { disturbed, type Draw, drawFrom, randomHistory } from "../random-history.ts";
import { sketch } from "../sketch.ts";
import { checkLinearizable } from "./check.ts";
import type { Violated } from "./verdict.ts";
import { wingGongLoweCheck } from "./wing-gong-lowe.ts";

/** How many histories of each kind: of up to 60 operations by up to 7 clients, one in two with operations that never return. */
const HISTORIES = 300;

type Call = { readonly operation: string; readonly args: readonly unknown[] };

const filling =
  (put: string, get: string) =>
  (draw: Draw, serial: number): Call =>
    draw(2) === 0 ? { operation: get, args: [] } : { operation: put, args: [serial + 1] };
const writing = (draw: Draw, serial: number): Call =>
  draw(3) === 0 ? { operation: "write", args: [serial + 1] } : { operation: "read", args: [] };

describe("however long the history, few operations show a violation, and they are wrong by themselves", () => {
  const kinds: readonly (readonly [string, Model<any>, (draw: Draw, serial: number) => Call, number])[] = [
    ["queue", queueModel(), filling("put", "get"), 4],
    ["queue in each producer's order", producerQueueModel(), filling("put", "get"), 4],
    ["register", registerModel(0), writing, 6],
  ];
  test.each(kinds)("%s", (_, model, call, most) => {
    const sizes = new Set<number>();
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const draw = drawFrom(seed);
      const shape = { operations: 10 + draw(50), clients: 2 + draw(6), crashOneIn: draw(2) * 8 };
      const operations = disturbed(randomHistory({ model, call, ...shape }, draw), draw, [1, 2, 3, 5, 8]);
      const violated = violationOf(operations, model);
      if (violated === null) continue;
      const shown = shownBy(violated, operations);
      expect({ seed, explained: explained(shown, model) }).toEqual({ seed, explained: false });
      expect(shown.length).toBeLessThanOrEqual(most);
      sizes.add(shown.length);
      // Whatever value is left out, with all that was done with it, the rest has an order.
      for (const value of new Set(shown.map(valueOf).filter((one) => one !== undefined))) {
        const rest = shown.filter((one) => valueOf(one) !== value);
        expect({ seed, value, explained: explained(rest, model) }).toEqual({ seed, value, explained: true });
      }
    }
    expect(Math.max(...sizes)).toBe(most);
  });
});

describe("one hold more than there are permits is named, and nothing else", () => {
  test.each([1, 2, 3, 5])("%i permits", (permits) => {
    const models = permits === 1 ? [semaphoreModel(1), lockModel()] : [semaphoreModel(permits)];
    const allowed = patient(semaphoreModel(permits + 1));
    let found = 0;
    for (let seed = 1; seed <= HISTORIES; seed += 1) {
      const draw = drawFrom(seed);
      const holding: boolean[] = [];
      // Whoever acquired releases next; the semaphore that they use has one permit too many.
      const call = (_: Draw, _serial: number, client: number): Call => {
        holding[client] = !holding[client];
        return { operation: holding[client] ? "acquire" : "release", args: [] };
      };
      const shape = { operations: 10 + draw(50), clients: permits + 1 + draw(4) };
      const operations = randomHistory({ model: allowed, call, ...shape }, draw).map((one) =>
        one.operation === "release" ? { ...one, result: undefined } : one,
      );
      for (const model of models) {
        const violated = violationOf(operations, model);
        if (violated === null) continue;
        found += 1;
        const shown = shownBy(violated, operations);
        expect(shown.map(({ operation }) => operation)).toEqual(Array.from({ length: permits + 1 }, () => "acquire"));
        expect(explained(shown, model)).toBe(false);
        for (const one of shown)
          expect(
            explained(
              shown.filter((other) => other !== one),
              model,
            ),
          ).toBe(true);
      }
    }
    expect(found).toBeGreaterThan(5);
  });

  test("a release that may have brought a permit makes up for one hold", () => {
    const releaseAndHolds = (count: number): Operation[] => {
      const holds = Array.from(
        { length: count },
        (_, at) => `p${at + 1} ${at + 2}..${at + 20} permits.acquire() = true`,
      );
      return [...sketch(["p0 1.. permits.release()", ...holds].join("\n")).operations];
    };
    expect(violationOf(releaseAndHolds(2), semaphoreModel(1))).toBeNull();
    expect(violationOf(releaseAndHolds(4), semaphoreModel(1))).toMatchObject({
      message: "p1, p2 and p3 held a permit at once, and there is 1 permit, and 1 more by what p0 released",
      operations: [0, 1, 2, 3],
    });
  });
});

test("that something was always inside a queue takes one value for each time that it was another", () => {
  /** Each value goes in before the one before it comes out, and somebody is told all that time that there is nothing. */
  const chain = (values: number): Operation[] => {
    const lines = Array.from({ length: values }, (_, at) => {
      const put = `p${at} ${at === 0 ? "1..2" : `${4 * at + 4}..${4 * at + 5}`} q.put(${at + 1})`;
      const get = `c${at} ${4 * at + 10}..${4 * at + 11} q.get() = ${at + 1}`;
      return at + 1 === values ? put : `${put}\n${get}`;
    });
    return [...sketch(`${lines.join("\n")}\nw 3..${4 * values + 3} q.get() = null`).operations];
  };
  for (const values of [1, 2, 4]) {
    const operations = chain(values);
    const shown = shownBy(violationOf(operations, queueModel())!, operations);
    expect({ shown: shown.length, explained: explained(shown, queueModel()) }).toEqual({
      shown: 2 * values,
      explained: false,
    });
    for (let value = 1; value <= values; value += 1) {
      const rest = shown.filter((one) => valueOf(one) !== value);
      expect({ without: value, explained: explained(rest, queueModel()) }).toEqual({ without: value, explained: true });
    }
  }
});

/** Nobody gives up. */
function patient<State>(model: Model<State>): Model<State> {
  return { ...model, step: (state, call) => model.step(state, call).filter(({ refuses }) => refuses !== true) };
}

function violationOf(operations: readonly Operation[], model: Model<any>): Violated | null {
  const verdict = checkLinearizable(columns(operations), model);
  if (verdict.verdict === "undecided") throw new Error(verdict.reason);
  return verdict.verdict === "violated" ? verdict : null;
}

/** What shows it, of the history up to the response after which no order is left. */
function shownBy({ operations: ids, at }: Violated, operations: readonly Operation[]): Operation[] {
  const end = operations.find(({ id }) => id === at)!.returned!;
  return operations
    .filter(({ id }) => ids.includes(id))
    .map((one) =>
      one.returned !== null && one.returned <= end
        ? one
        : { ...one, outcome: "pending", result: undefined, returned: null },
    );
}

/** What the oracle says. */
function explained(operations: readonly Operation[], model: Model<any>): boolean | null {
  return wingGongLoweCheck(columns(operations), model);
}

function columns(operations: readonly Operation[]) {
  return columnsOf({ input: null, operations, processes: [], final: null });
}

function valueOf({ args, result }: Operation): unknown {
  return args[0] ?? result;
}
