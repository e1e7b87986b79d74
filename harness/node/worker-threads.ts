import { syncBuiltinESMExports } from "node:module";
import { basename, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import workerThreads, { SHARE_ENV } from "node:worker_threads";
import { MAIL, QUEUE } from "../engine/lane-memory.ts";
import { ControlledThread } from "./controlled-thread.ts";
import type { Kin, Program } from "./kin.ts";
import { refuseAll, threadRefusal } from "./refusal.ts";
import type { Refuse, StartOptions } from "./start-options.ts";
import { clonedFailure, clonedMessage } from "./structured-message.ts";
import { ThreadPort } from "./thread-port.ts";

/**
 * `node:worker_threads` under control. A thread is a further process of the run, as a forked one is: it has its own globals and
 * modules anyway, and what it shares with its process are messages, the run's folder, its number and its end. Memory that real
 * threads would share is refused, as no step would show who reads and writes it.
 */
export class WorkerThreads {
  readonly #kin: Kin;
  readonly #options: StartOptions;
  readonly #own = workerThreads as unknown as Record<string, unknown>;
  readonly #usual: Readonly<Record<string, unknown>>;
  #environmentData = new Map<unknown, unknown>();
  #isThread = false;

  constructor(kin: Kin, options: StartOptions) {
    this.#kin = kin;
    this.#options = options;
    this.#usual = Object.fromEntries(PER_RUN.map((name) => [name, this.#own[name]]));
  }

  /** To be called once. */
  replace(): void {
    const { gate } = this.#kin;
    const original = workerThreads.Worker;
    this.#put(
      "Worker",
      new Proxy(ControlledThread, {
        construct: (target, [file, options]: [unknown, ThreadOptions | undefined], newTarget) =>
          gate.active
            ? (Reflect.construct(target, this.#start(file, options ?? {}), newTarget) as object)
            : (Reflect.construct(original, [file, options]) as object),
      }),
    );
    const { receiveMessageOnPort, getEnvironmentData, setEnvironmentData } = workerThreads;
    this.#put("receiveMessageOnPort", (port: unknown) =>
      port instanceof ThreadPort ? port.receive() : receiveMessageOnPort(port as never),
    );
    this.#put("getEnvironmentData", (key: unknown) =>
      gate.active ? this.#environmentData.get(key) : getEnvironmentData(key as never),
    );
    this.#put("setEnvironmentData", (key: unknown, value: unknown) => {
      if (!gate.active) return setEnvironmentData(key as never, value as never);
      if (value === undefined) this.#environmentData.delete(key);
      else this.#environmentData.set(key, value);
    });
    refuseAll(workerThreads, ["BroadcastChannel", "postMessageToThread"], "worker_threads", () => gate.active);
  }

  /** The process that is to play its part next is no thread: what the one before was is forgotten. */
  forget(): void {
    if (!this.#isThread) return;
    this.#isThread = false;
    this.#show(this.#usual);
  }

  /** This process is a thread, if it is one, from now on; what it is to run is known. */
  begin({ title }: Program): void {
    const kin = this.#kin;
    if (kin.thread === 0) return;
    const { workerData, environmentData } = kin.data as ThreadData;
    this.#isThread = true;
    this.#environmentData = environmentData;
    this.#show({
      isMainThread: false,
      threadId: kin.thread,
      threadName: title,
      parentPort: new ThreadPort(kin),
      workerData,
      resourceLimits: {},
    });
    if (kin.gate.family.handlesSignal(kin.index, 0)) kin.post(kin.index, QUEUE.up, undefined, MAIL.online);
  }

  /** An error that nobody has caught ends the thread, by the step that was granted last. */
  failed(error: unknown): void {
    this.#kin.post(this.#kin.index, QUEUE.up, clonedFailure(error), MAIL.error);
  }

  /** The run is over. */
  clear(): void {
    this.#environmentData = new Map();
  }

  /** To tell ES modules of it takes about a millisecond, so a worker that plays thread after thread does that once in each run. */
  #show(values: Readonly<Record<string, unknown>>): void {
    for (const name of PER_RUN) if (Object.hasOwn(this.#own, name)) this.#put(name, values[name]);
    syncBuiltinESMExports();
  }

  #put(name: string, value: unknown): void {
    Object.defineProperty(workerThreads, name, { value, writable: true, configurable: true, enumerable: true });
  }

  /** Starts a thread; returns what its object is made of. */
  #start(given: unknown, options: ThreadOptions): ConstructorParameters<typeof ControlledThread> {
    const refuse: Refuse = (what, instead) => threadRefusal(this.#kin.gate, "new Worker", what, instead);
    const { env = process.env, workerData, argv = [], name = "" } = options;
    if (env === SHARE_ENV) refuse("SHARE_ENV");
    const limits = Object.entries(options.resourceLimits ?? {}).filter(([, limit]) => limit !== undefined);
    if (limits.length > 0) refuse("the option `resourceLimits`");
    this.#options.checkNodeOptions(options.execArgv, refuse);
    const what = options.eval === true ? { file: "[worker eval]", code: String(given) } : this.#file(given, refuse);
    const program: Program = {
      ...what,
      title: name === "" ? basename(what.file) : name,
      args: argv.map(String),
      env: this.#options.differences(env as Readonly<Record<string, unknown>>),
      cwd: this.#options.place.cwd,
      serialization: "advanced",
      pipes: [options.stdout === true, options.stderr === true],
    };
    const data: ThreadData = { workerData, environmentData: this.#environmentData };
    const cloned = clonedMessage(data, options.transferList, refuse);
    return [this.#kin, this.#kin.startThread(program, cloned), program, options.stdin === true];
  }

  #file(given: unknown, refuse: Refuse): { readonly file: string } {
    if (given instanceof URL) {
      if (given.protocol === "data:") refuse("code in a `data:` URL");
      return { file: this.#options.file(fileURLToPath(given), refuse) };
    }
    if (typeof given !== "string") {
      const text = `The "filename" argument must be of type string or an instance of URL. Received ${typeof given}`;
      throw Object.assign(new TypeError(text), { code: "ERR_INVALID_ARG_TYPE" });
    }
    if (!isAbsolute(given) && !/^\.\.?\//.test(given)) {
      const text =
        "The worker script or module filename must be an absolute path or a relative path starting with './' or '../'.";
      throw Object.assign(new TypeError(`${text} Received "${given}"`), { code: "ERR_WORKER_PATH" });
    }
    return { file: this.#options.file(given, refuse) };
  }
}

interface ThreadData {
  readonly workerData: unknown;
  readonly environmentData: Map<unknown, unknown>;
}

interface ThreadOptions {
  readonly argv?: readonly unknown[];
  readonly env?: unknown;
  readonly eval?: boolean;
  readonly execArgv?: readonly string[];
  readonly name?: string;
  readonly resourceLimits?: object;
  readonly stderr?: boolean;
  readonly stdin?: boolean;
  readonly stdout?: boolean;
  readonly transferList?: readonly unknown[];
  readonly workerData?: unknown;
}

/** What the module says of the thread that asks. */
const PER_RUN = ["isMainThread", "threadId", "threadName", "parentPort", "workerData", "resourceLimits"] as const;
