import { expect, test } from "vitest";
import { check } from "../harness/check.ts";
import { startsAProcess } from "./fixtures/starts-a-process.ts";

test("who starts a process of its own is told so, where that is, and what to do instead", async () => {
  const { verdict, message } = await check(startsAProcess, { runs: 4, seed: 1 });
  expect(verdict).toBe("fail");
  expect(message).toMatch(
    /child_process\.execFileSync is not under control: it is called at \S*test\/fixtures\/starts-a-process\.ts:12\..* Give that part a process of its own/s,
  );
});
