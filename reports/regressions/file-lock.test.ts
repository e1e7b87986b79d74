import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdLock } from "./file-lock.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forkcheck-lock-"));
  file = join(folder, "x.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("one holder at a time, and nothing is left behind", async () => {
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await using lock = await holdLock(file);
      await lock.check();
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside--;
    }),
  );
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a process that died is taken over at once", async () => {
  const { pid } = spawnSync("true");
  writeFileSync(file, JSON.stringify({ pid, host: hostname(), id: "gone" }));
  await using lock = await holdLock(file, { waitMsMax: 1000, heldMsMax: 60_000 });
  await expect(lock.check()).resolves.toBeUndefined();
});

test("a lock from another machine is waited for, and taken over when it is old", async () => {
  writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere", id: "other" }));
  await expect(holdLock(file, { waitMsMax: 50, heldMsMax: 60_000 })).rejects.toThrow(
    /was not free for 50 ms: process 1 on elsewhere holds it\. If no other forkcheck is running, delete/,
  );
  utimesSync(file, 1, 1);
  await using lock = await holdLock(file, { waitMsMax: 1000, heldMsMax: 60_000 });
  await expect(lock.check()).resolves.toBeUndefined();
});

test("a holder whose lock was broken is told before it writes, and leaves the new lock alone", async () => {
  const lock = await holdLock(file);
  rmSync(file);
  writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), id: "thief" }));
  await expect(lock.check()).rejects.toThrow(/was broken by another process/);
  await lock[Symbol.asyncDispose]();
  expect(readdirSync(folder)).toEqual(["x.lock"]);
});
