import { describe, expect, test } from "vitest";
import { crossCheckAll, crossCheckRandom } from "./cross-check.ts";
import { KINDS } from "./workloads.ts";

// A slice of what `npm run cross-check` does: that takes minutes, this seconds.
const RANDOM_HISTORIES = 300;

describe.each(Object.entries(KINDS))("%s", (_, kind) => {
  // Who called what multiplies the histories of a model that looks at it.
  const longest = kind.model.perProcess === true || kind.letters([]).length > 4 ? 3 : 4;
  test(`all checkers agree on every history of up to ${longest} operations by 3 clients`, () => {
    const { histories, violated } = crossCheckAll(kind, longest);
    expect(histories).toBeGreaterThan(longest);
    expect(violated).toBeGreaterThan(0);
  });

  test("all checkers agree on random histories, and a violation names the earliest response and few operations", () => {
    const { violated, largestCore } = crossCheckRandom(kind, { from: 1, count: RANDOM_HISTORIES });
    // A workload that never went wrong would show nothing.
    expect(violated).toBeGreaterThan(RANDOM_HISTORIES / 100);
    expect(largestCore).toBeLessThanOrEqual(8);
  });
});
