import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, type ResultPromise } from "execa";
import { allowedCores } from "../../primitives/memory/linux.ts";
import { Region } from "../../primitives/memory/region.ts";
import { ARENA_START } from "./lane-memory.ts";
import { DEADLY_FAULTS, faultsOfBudget } from "../fault.ts";
import { MEMBERSHIP_VARIABLE, SPARE, type MembershipData, type SpareRole } from "./membership.ts";
import { endInWords, isFromOutside, Patience, Standstill, STOPPED_IN_WORDS } from "./outside.ts";
import type { CheckRequest, FromConductor, ToConductor } from "./protocol.ts";
import { decodeToken } from "../token.ts";

/**
 * The processes of forkcheck: for each lane a conductor and as many workers as its scenarios need. They are started once
 * and used for thousands of runs; a worker that dies is replaced. None of them outlives this process, however it ends.
 */
export class Pool implements AsyncDisposable {
  readonly lanes: readonly PoolLane[];

  constructor(options: PoolOptions) {
    removeAbandonedFolders();
    const cores = allowedCores();
    // Not always the first core: several of these may run at the same time, each with one lane.
    this.lanes = Array.from(
      { length: options.lanes },
      (_, lane) => new PoolLane(lane, options.free ? null : cores[(process.pid + lane) % cores.length], options),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }
}

export interface PoolOptions {
  readonly lanes: number;
  /** Free mode: processes go wherever the kernel puts them. */
  readonly free: boolean;
  readonly watchdogMs: number;
  /** Bytes for the shared objects of a scenario. */
  readonly memoryBytes: number;
}

/** One lane's processes, seen from the process that called forkcheck. */
export class PoolLane {
  readonly #lane: number;
  readonly #core: number | null;
  readonly #options: PoolOptions;
  readonly #region: Region;
  readonly #folder: string;
  readonly #workers: Member[] = [];
  /** Of each worker: settled when it is ready. */
  readonly #arrivals: Promise<void>[] = [];
  /** Started, with the scenario loaded, and yet without a process to play: a death then costs milliseconds. */
  readonly #spares: Member[] = [];
  #sparesKept = 0;
  #moduleUrl = "";
  #conductor: Member | null = null;
  #janitor: ResultPromise | null = null;
  #closed = false;
  #listener: (message: FromConductor) => void = () => {};
  readonly #standstill = new Standstill();

  constructor(lane: number, core: number | null, options: PoolOptions) {
    this.#lane = lane;
    this.#core = core;
    this.#options = options;
    this.#region = Region.create(`lane-${lane}`, Math.ceil((ARENA_START + options.memoryBytes) / 4096) * 4096);
    this.#folder = join(
      folderRoot(),
      `${FOLDER_PREFIX}${process.pid}-${startTimeOf(process.pid)}-${lane}-${counter++}`,
    );
  }

  /**
   * Makes the folder that runs with files take place in. A shell waits beside it for this process's end, and removes it
   * then: it is the one thing of ours that the kernel does not clear away by itself.
   */
  async makeFolder(): Promise<void> {
    if (this.#janitor !== null) return;
    mkdirSync(this.#folder, { recursive: true });
    this.#janitor = execa("sh", ["-c", JANITOR, "sh", this.#folder], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      buffer: false,
      reject: false,
    }) as unknown as ResultPromise;
    this.#janitor.unref();
    await new Promise<void>((resolve) => {
      this.#janitor?.once("spawn", resolve);
      this.#janitor?.once("error", () => resolve());
    });
  }

  /** Starts the conductor and, so as not to wait for them later, the first `workers` workers. */
  async start(workers: number): Promise<void> {
    if (!this.isWhole) throw new Error(`${this.conductorInWords} is gone`);
    if (this.#conductor !== null) return;
    const conducting = this.#arrive(() => (this.#conductor = this.#spawn(0)));
    const starting = Array.from({ length: workers }, (_, index) => this.#startWorker(index));
    await Promise.all([conducting, ...starting]);
  }

  /** Nobody has ended its conductor since it was started. */
  get isWhole(): boolean {
    return this.#conductor === null || !this.#conductor.dead;
  }

  /** Whether the conductor has been stopped from outside for too long; to be asked again and again. */
  get isHalted(): boolean {
    return this.#conductor !== null && this.#standstill.isTooLong(this.#conductor.process.pid as number);
  }

  /** "the conductor of lane 1 (process 4711)" */
  get conductorInWords(): string {
    return `the conductor of lane ${this.#lane + 1} (process ${this.#conductor?.process.pid})`;
  }

  listen(listener: (message: FromConductor) => void): void {
    this.#listener = listener;
  }

  tell(message: ToConductor): void {
    if (message.type === "check") this.#keepSpares(message.request);
    this.#conductor?.process.send?.(message);
  }

  /** Ends all processes of the lane, and waits for their end. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const members = [this.#conductor, ...this.#workers, ...this.#spares].filter(
      (member) => member !== null && member !== undefined,
    );
    for (const member of members) member.process.kill("SIGKILL");
    await Promise.all(members.map((member) => member.gone));
    rmSync(this.#folder, { recursive: true, force: true });
    // It is waited for, so it must count again as something to wait for.
    this.#janitor?.ref();
    this.#janitor?.kill("SIGKILL");
    await this.#janitor;
    this.#region[Symbol.dispose]();
  }

  #hear(message: FromConductor): void {
    if (message.type === "ensure") void this.#ensure(message.count);
    else if (message.type === "kill") void this.#kill(message.worker);
    else this.#listener(message);
  }

  async #kill(index: number): Promise<void> {
    const member = this.#workers[index];
    // Of whom is dead already the conductor may have heard before it forgot.
    if (member.dead) this.tell({ type: "lost", worker: index, reason: await member.gone });
    else member.process.kill("SIGKILL");
  }

  async #ensure(count: number): Promise<void> {
    try {
      await Promise.all(Array.from({ length: count }, (_, index) => this.#startWorker(index)));
      this.tell({ type: "workers", count });
    } catch (error) {
      this.#listener({ type: "trouble", trouble: { kind: "worker", message: (error as Error).message } });
    }
  }

  async #startWorker(index: number): Promise<void> {
    const existing = this.#workers[index];
    if (existing !== undefined && !existing.dead) return this.#arrivals[index];
    this.#arrivals[index] = this.#arrive(() => {
      const member = this.#takeSpare(index + 1) ?? this.#spawn(index + 1);
      this.#workers[index] = member;
      void member.gone.then((reason) => {
        if (!this.#closed) this.tell({ type: "lost", worker: index, reason });
      });
      return member;
    });
    return this.#arrivals[index];
  }

  /** Whom somebody kills or stops while it starts is replaced. */
  async #arrive(start: () => Member): Promise<void> {
    for (let starts = 1; ; starts++) {
      const member = start();
      try {
        return await member.ready;
      } catch (error) {
        const again = !member.isLate && isFromOutside(await member.gone);
        if (!again || starts === STARTS_MAX || this.#closed) throw error;
      }
    }
  }

  #keepSpares({ moduleUrl, preload, search }: CheckRequest): void {
    const { faults, replay } = search;
    // In a replay just what its token says happens.
    const kinds =
      replay === undefined
        ? faultsOfBudget(faults).flat()
        : decodeToken(replay.token).value.faults.map(({ kind }) => kind);
    this.#sparesKept = kinds.some((kind) => DEADLY_FAULTS.includes(kind)) ? SPARES : 0;
    // What is loaded already stays loaded: a spare that knows another module knows this one less quickly, but knows it.
    this.#moduleUrl = preload ? moduleUrl : "";
    this.#refillSpares();
  }

  #refillSpares(): void {
    while (!this.#closed && this.#spares.length < this.#sparesKept) {
      const spare = this.#spawn(SPARE);
      this.#spares.push(spare);
      void spare.gone.then(() => {
        const index = this.#spares.indexOf(spare);
        if (index < 0) return;
        this.#spares.splice(index, 1);
        // One that has never been up may be so because of its module, and the next one would, too.
        if (spare.up) this.#refillSpares();
      });
    }
  }

  /** A spare that becomes the worker of this number, if need be as soon as it is up; null if there is none. */
  #takeSpare(agent: number): Member | null {
    const alive = this.#spares.filter((spare) => !spare.dead);
    const index = this.#spares.indexOf(alive.find(({ up }) => up) ?? alive[0]);
    if (index < 0) return null;
    const [spare] = this.#spares.splice(index, 1);
    spare.become({ agent, core: this.#core });
    this.#refillSpares();
    return spare;
  }

  #spawn(agent: number): Member {
    const membership: MembershipData = {
      parent: process.pid,
      lane: this.#lane,
      agent,
      core: agent === SPARE ? null : this.#core,
      ...(agent === SPARE ? { preload: this.#moduleUrl } : {}),
      byteLength: this.#region.byteLength,
      folder: this.#folder,
      watchdogMs: this.#options.watchdogMs,
    };
    const entry = fileURLToPath(
      new URL(agent === 0 ? `./conductor${EXTENSION}` : `./worker${EXTENSION}`, import.meta.url),
    );
    const [file, ...args] = [...leash(), process.execPath, ...NODE_OPTIONS, entry];
    const child = execa(file, args, {
      ipc: true,
      env: { ...cleanEnvironment(), [MEMBERSHIP_VARIABLE]: JSON.stringify(membership) },
      extendEnv: false,
      stdio: ["ignore", "pipe", "pipe", this.#region.fd, "ipc"],
      serialization: "advanced",
      // A terminal's Ctrl-C goes to this process alone, which then ends the others.
      detached: true,
      buffer: false,
      reject: false,
      cleanup: true,
    } as never) as unknown as ResultPromise;
    return new Member(child, agent, (message) => this.#hear(message));
  }
}

/** A started process: when it is ready, and what it died of. */
class Member {
  readonly process: ResultPromise;
  readonly gone: Promise<string>;
  ready: Promise<void>;
  dead = false;
  /** It was ready once. */
  up = false;
  /** It did not get ready in time, and nobody had stopped it. */
  isLate = false;
  #lastWords = "";
  #hearReady: () => void = () => {};

  constructor(child: ResultPromise, agent: number, hear: (message: FromConductor) => void) {
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#lastWords = (this.#lastWords + chunk.toString()).slice(-LAST_WORDS_MAX);
      });
    }
    this.gone = child.then((result) => {
      this.dead = true;
      return result.signal ?? `exit status ${result.exitCode}`;
    });
    child.on("message", (message: unknown) => {
      const heard = message as FromConductor;
      if (heard.type === "ready") this.#hearReady();
      else if (agent === 0) hear(heard);
    });
    this.ready = this.#becomeReady();
    void this.gone.then((reason) => {
      if (agent !== 0 || !this.up) return;
      const message = `the conductor of a lane (process ${child.pid}) ${this.#endInWords(reason)} What it was doing is lost: run again.`;
      hear({ type: "trouble", trouble: { kind: "worker", message } });
    });
  }

  /** A spare gets its number, when it is up; it is ready when it says so again. */
  become(role: SpareRole): void {
    this.ready = this.ready.then(() => {
      const again = this.#becomeReady();
      this.process.send?.(role);
      return again;
    });
    this.ready.catch(() => {});
  }

  #becomeReady(): Promise<void> {
    const patience = new Patience();
    const standstill = new Standstill();
    let why = "";
    const giveUp = (reason: string): void => {
      why = reason;
      this.process.kill("SIGKILL");
    };
    const timer = setInterval(() => {
      if (standstill.isTooLong(this.process.pid as number)) giveUp(`${STOPPED_IN_WORDS}.`);
      else if ((this.isLate = patience.look() > START_MS_MAX))
        giveUp(`was not ready within ${START_MS_MAX / 1000} s (limit: startMsMax). Is the machine overloaded?`);
    }, LOOK_EVERY_MS);
    timer.unref();
    const ready = new Promise<void>((resolve, reject) => {
      this.#hearReady = () => {
        this.up = true;
        resolve();
      };
      void this.gone.then((reason) =>
        reject(new Error(`process ${this.process.pid} of forkcheck ${why || this.#endInWords(reason)}`)),
      );
    });
    ready.catch(() => {});
    void ready.then(
      () => clearInterval(timer),
      () => clearInterval(timer),
    );
    return ready;
  }

  #endInWords(reason: string): string {
    const said = this.#lastWords.trim();
    return `${endInWords(reason)}.${said === "" ? "" : ` It said: ${said}`}`;
  }
}

/** Its standard input ends with this process; a moment later the workers are gone too, and nobody writes any more. */
const JANITOR = 'read -r line; sleep 0.1; rm -rf -- "$1"';
/** Spare workers of a lane whose scenario has processes killed. */
const SPARES = 2;
const START_MS_MAX = 30_000;
/** Whether a process that starts is still on its way. */
const LOOK_EVERY_MS = 250;
/** Times that a process is started, if somebody outside keeps it from getting ready. */
const STARTS_MAX = 3;
const LAST_WORDS_MAX = 4000;
const FOLDER_PREFIX = "forkcheck-";
const EXTENSION = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const NODE_OPTIONS = [
  "--enable-source-maps",
  // A module is looked for as seen from another one: see node/module-loader.ts.
  "--experimental-import-meta-resolve",
  "--import",
  new URL("./typescript-loader.js", import.meta.url).href,
];
let counter = 0;

/**
 * Ties a process to this one from before its first instruction, with util-linux's setpriv where that is installed. Without
 * it the process ties itself as soon as it is up (see membership.ts), and may live on for the moment until then.
 */
function leash(): readonly string[] {
  if (tied === null) {
    const tried = spawnSync(LEASH[0], [...LEASH.slice(1), "true"], { stdio: "ignore" });
    tied = tried.status === 0 ? LEASH : [];
  }
  return tied;
}

const LEASH = ["setpriv", "--pdeathsig", "KILL"] as const;
let tied: readonly string[] | null = null;

/** In memory where there is such a place: runs that use files then cost no disk. */
function folderRoot(): string {
  return existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
}

/** Folders whose owner and its janitor were both killed: nobody was left to remove them. */
function removeAbandonedFolders(): void {
  for (const name of readdirSync(folderRoot())) {
    const match = /^forkcheck-(\d+)-(\d+)-/.exec(name);
    if (match !== null && startTimeOf(Number(match[1])) !== match[2]) {
      rmSync(join(folderRoot(), name), { recursive: true, force: true });
    }
  }
}

/** When a process was started, in the kernel's ticks: with its number it names the process for good. "" if there is none. */
function startTimeOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return "";
  }
}

/** Without what a test runner or a debugger put there for itself. */
function cleanEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || /^(VITEST|JEST_|NODE_OPTIONS$|NODE_CHANNEL|NODE_UNIQUE_ID)/.test(name)) continue;
    environment[name] = value;
  }
  return environment;
}
