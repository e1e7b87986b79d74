import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { AlreadyStartedError, ClosedError, NotSharableError, NotStartedError, StillRunningError } from "../errors.ts";
import { child, typescriptFlags } from "../fixtures/children.ts";
import { Connection } from "../connection.ts";
import { Event } from "../event.ts";
import { ROLES } from "../fixtures/process-claims.ts";
import { inFreshArena } from "../fixtures/arena.ts";
import { Lock } from "../lock.ts";
import { processStart } from "../memory/linux.ts";
import { pipe } from "../pipe.ts";
import { Queue } from "../queue.ts";
import { Value } from "../value.ts";
import { activeChildren, currentProcess, parentProcess } from "./family.ts";
import { Process } from "./process.ts";

const roles = new URL("../fixtures/roles.ts", import.meta.url);

describe("a process", () => {
  test.each([
    ["nothing", [], 0, null],
    ["leaves", [3], 3, null],
    ["leaves", [257], 1, null],
  ] as const)("that runs %s(%j) ends with code %i", async (role, args, code, signal) => {
    const process = child(role, args);
    expect(process.alive).toBe(true);
    expect(activeChildren()).toContain(process);
    expect(await process.join()).toBe(code);
    expect(process.signal).toBe(signal);
    expect(process.alive).toBe(false);
    expect(await process.join()).toBe(code);
    expect(activeChildren()).not.toContain(process);
  });

  test("that is killed by signal N ends with code -N", async () => {
    const process = child("waitsForever");
    expect(await process.join({ timeoutMs: 0 })).toBe(null);
    process.kill();
    expect(await process.join()).toBe(-9);
    expect(process.signal).toBe("SIGKILL");
    process.terminate();
  });

  test("that throws shows where, and ends with code 1", async () => {
    const program = fileURLToPath(new URL("../fixtures/failing-child.ts", import.meta.url));
    const { exitCode, stderr } = await execa(process.execPath, [...typescriptFlags, program], { reject: false });
    expect(stderr).toMatch(/Error: on purpose\n +at fails .*roles\.ts/);
    expect(exitCode).toBe(1);
  });

  test("starts once, and is joined only after that", async () => {
    const process = new Process(roles, "nothing", { nodeFlags: typescriptFlags, name: "only" });
    await expect(process.join()).rejects.toThrow(NotStartedError);
    expect(() => process.kill()).toThrow(NotStartedError);
    process.start();
    expect(() => process.start()).toThrow(AlreadyStartedError);
    expect(() => process.close()).toThrow(StillRunningError);
    await process.join();
    process.close();
    process.close();
    await expect(process.join()).rejects.toThrow(ClosedError);
  });

  test.each<[string, () => unknown]>([
    ["a function", () => () => 1],
    ["a function inside", () => ({ deep: [new Map([["key", { inside: () => 1 }]])] })],
    ["a symbol", () => Symbol("one")],
    ["a promise", () => ({ later: Promise.resolve() })],
    ["a WeakMap", () => new WeakMap()],
    ["a process", () => new Process(roles, "nothing")],
    ["a primitive of a private arena", () => [inFreshArena(() => new Lock())]],
    ["an end of a pipe that is closed", () => closed(pipe()[0])],
  ])("refuses %s among its arguments, at the sender", (_what, argument) => {
    const value = argument();
    expect(() => new Process(roles, "nothing", { args: [value] })).toThrow(
      value instanceof Connection ? ClosedError : NotSharableError,
    );
  });

  test("knows who it is", () => {
    expect(currentProcess().name).toBe("MainProcess");
    expect(parentProcess()).toBe(null);
  });

  test.each(["countsUnderLock", "countsUnderLockSync"])(
    "shares primitives with others, nested ones too: %s",
    async (role) => {
      const shared = { lock: new Lock(), count: new Value(0) };
      const processes = [1, 2, 3].map(() => child(role, [shared, 2000]));
      for (const process of processes) expect(await process.join()).toBe(0);
      expect(shared.count.get()).toBe(6000);
    },
  );

  test("ends with its parent, also when that is killed", async () => {
    const pid = new Value(0);
    const parent = child("leavesAChild", [pid]);
    expect(await parent.join()).toBe(-9);
    expect(pid.get()).toBeGreaterThan(0);
    while (processStart(pid.get()) !== null) await new Promise(setImmediate);
  });

  test("that returns leaves no daemon behind, whether that hears SIGTERM or not", async () => {
    const [hearing, deaf] = [0, 1].map(() => [new Event(), new Value(0)] as const);
    const parent = new Process(ROLES, "leavesDaemons", { args: [hearing, deaf], nodeFlags: typescriptFlags });
    parent.start();
    expect(await parent.join()).toBe(0);
    expect(hearing[1].get()).toBe(1);
    expect(processStart(deaf[1].get())).toBe(null);
  });

  test("that returns runs on until its children have ended that are no daemons", async () => {
    const done = new Value(0);
    const parent = new Process(ROLES, "leavesAChildBehind", { args: [done], nodeFlags: typescriptFlags });
    parent.start();
    expect(await parent.join()).toBe(0);
    expect(done.get()).toBe(1);
  });

  test("knows who it is, who started it, reads nothing, and as a daemon may have no children", async () => {
    const news = new Queue();
    const options = { args: [news], nodeFlags: typescriptFlags, name: "herald", daemon: true };
    const herald = new Process(ROLES, "introducesItself", options);
    herald.start();
    expect(await news.get()).toEqual({
      name: "herald",
      daemon: true,
      pid: herald.pid,
      parent: process.pid,
      parentAlive: true,
      child: "may have none",
    });
    expect(await herald.join()).toBe(0);
  });

  test("that dies holding a lock leaves it to the next one, who waits already", async () => {
    const lock = new Lock();
    const process = child("diesHolding", [lock]);
    await process.join();
    expect(await lock.acquire()).toBe(true);
    expect(lock.lastOwnerDied).toBe(true);
    lock.markConsistent();
    lock.release();
    expect(lock.tryAcquire()).toBe(true);
  });
});

function closed(end: Connection): Connection {
  end.close();
  return end;
}
