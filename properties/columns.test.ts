import * as fc from "fast-check";
import { expect, test } from "vitest";
import { columnsOf, NEVER, operationOf, prefixOf, subsetOf } from "./columns.ts";
import { sketch } from "./sketch.ts";
import { canonical, sameValue, Values } from "./values.ts";

test("equal ranks are concurrent: neither operation precedes the other", () => {
  const { call, ret } = columnsOf(
    sketch(`p1 1..3 a()
    p2 3..5 b()`),
  );
  expect(ret[0] < call[1]).toBe(false);
});

test("positions keep the order of ranks, whether these are dense, far apart or fractions", () => {
  const ranks = fc.array(fc.tuple(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(5)), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(ranks, fc.boolean(), (list, whole) => {
      const spans = list.map(([start, length]) => {
        const invoked = whole ? Math.floor(start % 20) : start;
        return { invoked, returned: invoked + length };
      });
      const operations = spans.map((span, id) => ({
        ...span,
        id,
        process: `p${id}`,
        operation: "a",
        object: null,
        args: [],
        result: undefined,
        outcome: "returned" as const,
        depth: 0,
      }));
      const { id, call, ret, count } = columnsOf({ input: null, operations, processes: [], final: null });
      for (let a = 0; a < count; a += 1) {
        for (let b = 0; b < count; b += 1) {
          expect(ret[a] < call[b]).toBe(spans[id[a]].returned < spans[id[b]].invoked);
        }
      }
    }),
    { numRuns: 300, seed: 8 },
  );
});

test("a prefix does not know what returns later", () => {
  const columns = columnsOf(
    sketch(`p1 1..6 get() = 1
    p2 2..3 put(1)
    p1 7..8 get() = 2`),
  );
  const prefix = prefixOf(columns, 2);
  expect(prefix.count).toBe(2);
  expect(operationOf(prefix, 0)).toMatchObject({ outcome: "pending", result: undefined });
  expect(operationOf(prefix, 1)).toMatchObject({ outcome: "returned", args: [1] });
});

test("a subset renumbers its positions and keeps its order", () => {
  const columns = columnsOf(
    sketch(`p1 1..6 get() = 1
    p2 2..3 put(1)
    p1 7.. get()`),
  );
  const { call, ret, events } = subsetOf(columns, [1, 2]);
  expect([[...call], [...ret], events]).toEqual([[0, 2], [1, NEVER], 3]);
});

test("equal values have one code, different ones two, and every code gives its value back", () => {
  const value = fc.oneof(
    fc.nat(),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.object(),
  );
  fc.assert(
    fc.property(value, value, (a, b) => {
      const values = new Values();
      expect(values.code(a) === values.code(b)).toBe(canonical(a) === canonical(b));
      expect(canonical(values.value(values.code(a)))).toBe(canonical(a));
    }),
    { numRuns: 500, seed: 8 },
  );
});

test("the order of an object's keys makes no other value, and null stands for undefined", () => {
  expect(sameValue({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  expect(sameValue({ a: 1 }, { a: "1" })).toBe(false);
  expect(sameValue(null, undefined)).toBe(true);
});
