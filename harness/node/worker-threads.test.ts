import threads, { MessageChannel, SHARE_ENV, Worker, type WorkerOptions } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { refusedInput } from "./child-streams.ts";
import type { Kin } from "./kin.ts";
import { RunPlace } from "./run-place.ts";
import { StartOptions } from "./start-options.ts";
import { clonedMessage } from "./structured-message.ts";
import { WorkerThreads } from "./worker-threads.ts";

const SCRIPT = "/somewhere/thread.cjs";
const refuse = (what: string): never => {
  throw new Error(what);
};

/** A process that starts no thread: what is refused is refused before that. */
const gate = { active: true, refuse };
const kin = { gate, startThread: () => refuse("it is started"), titleOf: () => "thread.cjs" } as unknown as Kin;
const RealWorker = Worker;
new WorkerThreads(kin, new StartOptions(new RunPlace("/dev/shm/folder"))).replace();

describe("what a thread cannot be given ends the check", () => {
  const starting =
    (options: WorkerOptions, file: string | URL = SCRIPT) =>
    () =>
      new threads.Worker(file, options);
  test.each<[string, WorkerOptions, RegExp]>([
    ["shared memory", { workerData: [new Int32Array(new SharedArrayBuffer(4))] }, /with memory that threads share/],
    ["its process's environment", { env: SHARE_ENV }, /with SHARE_ENV/],
    ["limits", { resourceLimits: { stackSizeMb: 1 } }, /with the option `resourceLimits`/],
    ["options for Node", { execArgv: ["--expose-gc"] }, /with options for Node \(--expose-gc\)/],
  ])("%s", (_, options, says) => {
    expect(starting(options)).toThrow(says);
    expect(starting(options)).toThrow(
      /^new Worker .*which has no form that a schedule could order\. Under control a thread shares/,
    );
  });
  test("code that is there only in the run", () => {
    expect(starting({}, new URL("data:text/javascript,1"))).toThrow(/with code in a `data:` URL/);
    expect(starting({}, "/forkcheck/made.cjs")).toThrow(
      /with a file in the run's folder \(\/forkcheck\/made\.cjs\).* Give it the path/,
    );
    expect(starting({}, "./made.cjs")).toThrow(/a file in the run's folder/);
  });
  test("something to read", () => {
    expect(() => refusedInput(kin, 1).write("text")).toThrow(/^thread\.cjs is written to its standard input/);
  });
  test("and nothing else", () => {
    const options = { resourceLimits: {}, execArgv: [...process.execArgv, ""], workerData: new Map(), name: "it" };
    expect(starting(options)).toThrow(/^it is started$/);
    expect(starting({ eval: true }, "code")).toThrow(/^it is started$/);
    expect(threads.Worker).not.toBe(RealWorker);
  });
});

describe("what a message cannot have is said by its name", () => {
  const sending =
    (value: unknown, transfer: unknown = []) =>
    () =>
      clonedMessage(value, transfer, refuse);
  test.each([
    ["memory that threads share", () => new SharedArrayBuffer(4)],
    ["memory that threads share", () => ({ deep: new Map([[1, new Uint8Array(new SharedArrayBuffer(1))]]) })],
    ["a Blob", () => new Blob(["text"])],
  ])("%s", (says, make) => expect(sending(make())).toThrow(says));
  test("a port to hand over", () => {
    const { port1 } = new MessageChannel();
    expect(sending({ port1 }, [port1])).toThrow("a MessagePort to hand over");
    expect(sending({ port1 }, { transfer: [port1] })).toThrow("a MessagePort to hand over");
    port1.close();
  });
  test("what Node itself can't copy is as it says", () => {
    expect(sending(() => {})).toThrow(expect.objectContaining({ name: "DataCloneError" }));
    const buffer = new ArrayBuffer(1);
    expect(sending(buffer, [buffer, buffer])).toThrow(expect.objectContaining({ name: "DataCloneError" }));
  });
});
