import { describe, expect, test } from "vitest";
import { ClosedError, NotStartedError, StartRefusedError } from "../errors.ts";
import { Event } from "../event.ts";
import { child, typescriptFlags } from "../fixtures/children.ts";
import { Lock } from "../lock.ts";
import { Queue } from "../queue.ts";
import { Process } from "./process.ts";

const roles = new URL("../fixtures/roles.ts", import.meta.url);

describe("how a child ended is told", () => {
  test.each([
    ["SIGTERM", -15],
    ["SIGKILL", -9],
    ["SIGINT", -2],
    ["SIGABRT", -6],
    ["SIGSEGV", -11],
  ] as const)("by %s: %i", async (signal, code) => {
    const ended = child("waitsForever");
    process.kill(ended.pid!, signal);
    expect(await ended.join()).toBe(code);
    expect(ended.signal).toBe(signal);
  });

  test("by itself: with its code, whatever its role returned", async () => {
    const started = [
      child("leaves", [-1]),
      child("answers"),
      child("fails"),
      child("isNoRole"),
      new Process(new URL("./missing.ts", import.meta.url), "nothing", { nodeFlags: typescriptFlags }),
    ];
    started[4].start();
    expect(await Promise.all(started.map((process) => process.join()))).toEqual([255, 0, 1, 1, 1]);
  });

  test("however long one would wait for it, and by a promise", async () => {
    const ended = new Process(roles, "nothing", { nodeFlags: typescriptFlags });
    expect(() => ended.exited).toThrow(NotStartedError);
    ended.start();
    expect(await ended.join({ timeoutMs: -1 })).toBe(null);
    const abort = new AbortController();
    const aborted = ended.join({ signal: abort.signal });
    abort.abort(new Error("no longer"));
    await expect(aborted).rejects.toThrow("no longer");
    await expect(ended.join({ timeoutMs: Number.NaN })).rejects.toThrow(TypeError);
    const joins = await Promise.all([2 ** 40, Infinity, undefined].map((timeoutMs) => ended.join({ timeoutMs })));
    expect(joins).toEqual([0, 0, 0]);
    await ended.exited;
    expect(await ended.join({ timeoutMs: 0 })).toBe(0);
  });
});

test("a process that was closed answers nothing any more", async () => {
  let closed: Process;
  {
    await using ended = child("nothing");
    closed = ended;
  }
  closed[Symbol.dispose]();
  const members: ((process: Process) => unknown)[] = [
    (process) => process.start(),
    (process) => process.alive,
    (process) => process.exitCode,
    (process) => process.signal,
    (process) => process.pid,
    (process) => process.exited,
    (process) => process.terminate(),
    (process) => process.kill(),
  ];
  for (const member of members) expect(() => member(closed)).toThrow(ClosedError);
  await expect(closed.join()).rejects.toThrow(ClosedError);
  await expect(closed.ready()).rejects.toThrow(ClosedError);
});

test("a process that the system does not make is not started, and says so", () => {
  const refused = new Process(roles, "nothing");
  const { execPath } = process;
  process.execPath = "/nowhere/node";
  try {
    expect(() => refused.start()).toThrow(StartRefusedError);
    expect(refused.alive).toBe(false);
  } finally {
    process.execPath = execPath;
  }
});

test("a child has the arguments as they were when it was made, and names its own children after itself", async () => {
  const news = new Queue({ bytes: 4096 });
  const argument = { list: [1] };
  const repeating = new Process(roles, "repeats", { args: [news, argument], nodeFlags: typescriptFlags });
  argument.list.push(2);
  repeating.start();
  const naming = child("namesItsChild", [news], { name: "herald" });
  expect(await repeating.join()).toBe(0);
  expect(await naming.join()).toBe(0);
  const found = [news.tryGet(), news.tryGet()];
  expect(found).toContainEqual([{ list: [1] }]);
  expect(found).toContain("herald:1");
});

test("what was put is there though whoever put it was killed, and joined before anybody got it", async () => {
  const queue = new Queue<string>({ maxSize: 1, bytes: 1024 });
  const dead = child("putsAndDies", [queue]);
  expect(await dead.join()).toBe(-9);
  expect(queue.full).toBe(true);
  expect(await queue.get()).toBe("whole");
  expect(queue.tryPut("there is room again")).toBe(true);
});

test("signals that a blocked process has handlers for do not end its wait", async () => {
  const [ready, lock] = [new Event(), new Lock()];
  lock.acquireSync();
  const waiting = child("waitsThroughSignals", [ready, lock]);
  await ready.wait();
  for (let signal = 0; signal < 20; signal++) {
    process.kill(waiting.pid!, "SIGUSR2");
    await new Promise(setImmediate);
  }
  lock.release();
  expect(await waiting.join()).toBe(0);
});
