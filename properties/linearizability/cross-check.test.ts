import { expect, test } from "vitest";
import type { Operation } from "../../harness/history.ts";
import { allHistories } from "../all-histories.ts";
import { type Columns, columnsOf, NEVER, operationOf, prefixOf } from "../columns.ts";
import { disturbed, drawFrom, randomHistory } from "../random-history.ts";
import { checkLinearizable } from "./check.ts";
import { everyOrderCheck } from "./every-order.ts";
import { frontierCheck } from "./frontier.ts";
import { wingGongLoweCheck } from "./wing-gong-lowe.ts";
import { type Kind, KINDS } from "./workloads.ts";

// The whole check (every history of 5 operations, 220,000 random ones) takes minutes; a slice of it runs each time.
const FULL = process.env["FORKCHECK_FULL"] === "1";
const RANDOM_HISTORIES = FULL ? 11_000 : 500;

for (const [name, kind] of Object.entries(KINDS)) {
  const longest = FULL ? 5 : kind.letters([]).length > 4 ? 3 : 4;
  test(`${name}: all checkers agree on every history of up to ${longest} operations by 3 clients`, () => {
    let histories = 0;
    for (let count = 1; count <= longest; count += 1) {
      for (const operations of allHistories(count, 3, kind.letters)) {
        // Trying every order of 5 takes 40 times as long as of 4; the oracle is held against it on the smaller ones.
        agree(kind, operations, count <= 3);
        histories += 1;
      }
    }
    expect(histories).toBeGreaterThan(longest);
  });

  test(`${name}: all checkers agree on random histories with crashed operations and wrong answers`, () => {
    let violations = 0;
    for (let seed = 1; seed <= RANDOM_HISTORIES; seed += 1) {
      const columns = agree(kind, randomOf(kind, seed), false);
      if (columns !== null) violations += 1;
    }
    // A workload that never went wrong would show nothing.
    expect(violations).toBeGreaterThan(RANDOM_HISTORIES / 100);
  });

  test(`${name}: a violation names the earliest response, and few operations that have no explanation by themselves`, () => {
    for (let seed = 1; seed <= RANDOM_HISTORIES / 2; seed += 1) {
      const columns = columnsOf(historyOf(randomOf(kind, seed + 1_000_000)));
      const verdict = checkLinearizable(columns, kind.model);
      if (verdict.verdict !== "violated") continue;
      const at = columns.ret[columns.id.indexOf(verdict.at)];
      const prefix = prefixOf(columns, at);
      expect(wingGongLoweCheck(prefix, kind.model), `seed ${seed}: ${verdict.message}`).toBe(false);
      expect(wingGongLoweCheck(prefixOf(columns, at - 1), kind.model), `seed ${seed}: earlier`).toBe(true);
      const part = partOf(prefix, verdict.operations);
      expect(wingGongLoweCheck(part, kind.model), `seed ${seed}: ${verdict.message} ${verdict.operations.join()}`).toBe(
        false,
      );
      expect(verdict.operations.length, `seed ${seed}: ${verdict.message}`).toBeLessThanOrEqual(8);
    }
  });
}

/** The columns, if the history is wrong; it is an error if not every checker says the same. */
function agree(kind: Kind, operations: readonly Operation[], byDefinition: boolean): Columns | null {
  const { model } = kind;
  const columns = columnsOf(historyOf(operations));
  const truth = wingGongLoweCheck(columns, model);
  const shown = (): string => operations.map((operation) => JSON.stringify(operation)).join("\n");
  if (byDefinition && everyOrderCheck(columns, model) !== truth) disagree(`every order says ${!truth}:\n${shown()}`);
  if ((frontierCheck(columns, model).verdict === "holds") !== truth)
    disagree(`the frontier says ${!truth}:\n${shown()}`);
  if (model.monitor !== undefined) {
    const { verdict } = model.monitor.check(columns);
    const wrong = model.monitor.decides
      ? verdict !== "unknown" && (verdict === "holds") !== truth
      : verdict === "violated" && truth;
    if (wrong) disagree(`the monitor says ${verdict}:\n${shown()}`);
  }
  return truth ? null : columns;
}

function disagree(message: string): never {
  throw new Error(message);
}

function randomOf(kind: Kind, seed: number): Operation[] {
  const draw = drawFrom(seed);
  const { model, call } = kind;
  const clients = kind.clients ?? 2 + draw(3);
  const right = randomHistory({ model, operations: 3 + draw(6), clients, call, crashOneIn: draw(2) * 4 }, draw);
  if (draw(4) === 0) return right;
  const wrong = disturbed(right, draw, kind.answers);
  return draw(8) === 0 ? disturbed(wrong, draw, kind.answers) : wrong;
}

/** Those operations alone; what had not returned in the prefix is pending. */
function partOf(prefix: Columns, ids: readonly number[]): Columns {
  const rows = ids.map((id) => prefix.id.indexOf(id));
  expect(rows.every((row) => row >= 0 && (prefix.ret[row] === NEVER || prefix.ret[row] >= 0))).toBe(true);
  return columnsOf(historyOf(rows.map((row) => operationOf(prefix, row))));
}

function historyOf(operations: readonly Operation[]): {
  input: null;
  operations: readonly Operation[];
  processes: [];
  final: null;
} {
  return { input: null, operations, processes: [], final: null };
}
