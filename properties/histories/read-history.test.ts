import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Operation } from "../../harness/history.ts";
import { operationOf } from "../columns.ts";
import { readColumnar, writeColumnar } from "./columnar.ts";
import { EdnReader } from "./edn.ts";
import { readHistory } from "./read-history.ts";
import { HistoryFileError, recordingOf } from "./recording.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const operations = (text: string): Operation[] => {
  const { columns } = readHistory(bytes(text));
  return Array.from({ length: columns.count }, (_, row) => operationOf(columns, row));
};

test("a Jepsen history pairs what was invoked with what came back, in the order of the lines", () => {
  const text = `
    {:process 0, :type :invoke, :f :write, :value 3, :time 12}
    {:process 1, :type :invoke, :f :cas, :value [3 4]} ; a comment
    {:process :nemesis, :type :info, :f :start, :value nil}
    {:process 0, :type :ok, :f :write, :value 3}
    {:process 1, :type :fail, :f :cas, :value [3 4]}
    {:process 2, :type :invoke, :f :read, :value nil}
    {:process 2, :type :fail, :f :read, :value :timed-out}
    {:process 0, :type :invoke, :f :read, :value nil}
    {:process 0, :type :ok, :f :read, :value 3}
    {:process 1, :type :invoke, :f :write, :value 5}
    {:process 1, :type :info, :f :write, :value :timed-out}`;
  expect(operations(text).map(({ operation, args, result, outcome }) => [operation, args, result, outcome])).toEqual([
    ["write", [3], undefined, "returned"],
    ["cas", [3, 4], false, "returned"],
    ["read", [], 3, "returned"],
    ["write", [5], undefined, "pending"],
  ]);
});

test("a Jepsen history in which a process goes on after :info is refused by line", () => {
  const text = `{:process 0, :type :invoke, :f :write, :value 3}
{:process 0, :type :info, :f :write, :value 3}
{:process 0, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value nil}`;
  expect(() => operations(text)).toThrow("Line 3: process 0 goes on after :info\nLine 4: process 1 has no :read open");
});

test("a log's other lines are noise", () => {
  const text = `noise
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 0\t:ok\t:read\t3
more noise`;
  expect(operations(text)).toMatchObject([{ process: "0", operation: "read", args: [], result: 3 }]);
});

test("EDN of all the kinds that logs use is read", () => {
  const text = '{:a nil, :b [1 2.5 -3], "c" #{x}, :d (true false), :e #inst "2020", :f "a\\"b"} #_ gone';
  expect(new EdnReader(text).read()).toEqual(
    new Map<string, unknown>([
      ["a", null],
      ["b", [1, 2.5, -3]],
      ["c", ["x"]],
      ["d", [true, false]],
      ["e", "2020"],
      ["f", 'a"b'],
    ]),
  );
});

test("what is written to a columnar file is read back as it was", () => {
  const operation = fc.record({
    process: fc.constantFrom("p1", "p2"),
    operation: fc.constantFrom("put", "get"),
    object: fc.constantFrom("a", "b", null),
    args: fc.array(fc.oneof(fc.nat(), fc.string(), fc.constant(null)), { maxLength: 3 }),
    result: fc.oneof(fc.nat(), fc.boolean(), fc.string()),
    length: fc.integer({ min: 0, max: 5 }),
    returns: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 20 }), (list) => {
      const history = list.map(({ length, returns, result, ...rest }, id): Operation => {
        const outcome = returns ? "returned" : "pending";
        return {
          ...rest,
          id,
          result: returns ? result : undefined,
          outcome,
          invoked: id,
          returned: returns ? id + length : null,
          depth: 0,
        };
      });
      const before = recordingOf(history);
      const after = readColumnar(writeColumnar(before));
      const rows = (recording: typeof before): unknown[] =>
        Array.from({ length: recording.columns.count }, (_, row) => [
          operationOf(recording.columns, row),
          recording.objects[recording.object[row]],
        ]);
      expect(rows(after)).toEqual(rows(before));
    }),
    { numRuns: 200, seed: 8 },
  );
});

test("a columnar file that is cut off, or names what it does not list, is refused", () => {
  const file = writeColumnar(readHistory(bytes('{"process":"p","operation":"get","invoked":1,"returned":2}')));
  expect(() => readHistory(file.subarray(0, file.length - 4))).toThrow(HistoryFileError);
  const damaged = file.slice();
  new DataView(damaged.buffer).setInt32(file.length - 7 * 4, 9, true);
  expect(() => readHistory(damaged)).toThrow(/names a process that its header does not list/);
});
