import { expect, test } from "vitest";
import type { Progress } from "../harness/options.ts";
import { ProgressLine } from "./progress.ts";

const SEARCH: Omit<Progress, "elapsedMs" | "runs"> = { scenario: "rush", of: 200_000, phase: "searching" };

/** What is written while a search tells of itself each second, 100 runs each. */
function written(seconds: number, lines: boolean, isTTY = false): string[] {
  const texts: string[] = [];
  using progress = new ProgressLine({ inPlace: false, lines }, { isTTY, write: (text) => texts.push(text) });
  for (let second = 1; second <= seconds; second++) {
    progress.show({ ...SEARCH, runs: second * 100, elapsedMs: second * 1000 });
  }
  return texts;
}

test("where there is no terminal a long search says in a line now and then how far it is", () => {
  expect(written(9, true)).toEqual([]);
  expect(written(75, true)).toEqual([
    "rush: 1,000 of 200,000 runs, 100/s\n",
    "rush: 4,000 of 200,000 runs, 100/s\n",
    "rush: 7,000 of 200,000 runs, 100/s\n",
  ]);
});

test("lines are for who asked for them, and not for a terminal", () => {
  expect([...written(75, false), ...written(75, true, true)]).toEqual([]);
});
