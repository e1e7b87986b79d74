import { deserialize } from "node:v8";
import { Arena, withArena } from "../../primitives/memory/arena.ts";
import { ControlledNode } from "../node/controlled-node.ts";
import { real } from "../node/originals.ts";
import { RUN_ROOT } from "../node/run-place.ts";
import { setProbe } from "../../primitives/memory/probe.ts";
import { declaredScenarios, processNames, type Scenario } from "../scenario.ts";
import { Baton } from "./baton.ts";
import { ControlledProcess } from "./controlled-process.ts";
import { Draws } from "./draws.ts";
import { FreeFaults } from "./free-faults.ts";
import { FreeProcess } from "./free-process.ts";
import { ARENA_START, COMMAND, ENDING, H, P, PARTS, PROCESS, LaneMemory } from "./lane-memory.ts";
import { awaitRole, joinLane, reportReady, SPARE } from "./membership.ts";
import { Names } from "./names.ts";
import { rememberRestingResources } from "./real-work.ts";
import { Recorder } from "./recorder.ts";
import { ProcessContext } from "./role-context.ts";
import { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";
import { Values } from "./values.ts";

/**
 * A worker: plays one process in thousands of runs, and does nothing at all while it is not its turn. It is started by
 * the pool and hears of everything else through the lane's memory.
 */
class Worker {
  readonly #memory: LaneMemory;
  readonly #process: number;
  readonly #baton: Baton;
  readonly #scheduler: Scheduler;
  readonly #names: Names;
  readonly #values: Values;
  readonly #recorder: Recorder;
  readonly #controlled: ControlledProcess;
  readonly #free: FreeProcess;
  readonly #freeFaults: FreeFaults;
  readonly #draws: Draws;
  #scenario: Scenario | null = null;
  #node: ControlledNode | null = null;
  #inputVersion = 0;
  #input: unknown;
  #roles: readonly string[] = [];
  #namesOfProcesses: readonly string[] = [];

  constructor(memory: LaneMemory, process: number) {
    this.#memory = memory;
    this.#process = process;
    this.#baton = new Baton(memory, process + 1);
    this.#scheduler = new Scheduler(memory);
    this.#names = new Names(memory);
    this.#values = new Values(memory, this.#names);
    this.#recorder = new Recorder(memory, this.#scheduler, this.#names, this.#values, process);
    this.#controlled = new ControlledProcess(memory, this.#scheduler, this.#baton, this.#recorder, process);
    this.#freeFaults = new FreeFaults(memory, this.#scheduler, this.#baton);
    this.#free = new FreeProcess(memory, this.#scheduler, this.#recorder, this.#freeFaults, process);
    this.#draws = new Draws(memory, this.#values);
  }

  /** Waits for turns and does what they ask for, as long as that can be done without the event loop. */
  serve(): void {
    const { words } = this.#memory;
    for (;;) {
      this.#baton.await();
      switch (words[H.command]) {
        case COMMAND.load:
          void this.#load();
          return;
        case COMMAND.run:
          if (words[H.aborting] === 1) {
            this.#baton.passTo(0);
            break;
          }
          if (words[H.free] === 1) {
            void this.#playFreely();
            return;
          }
          if (!this.#afterPlay(this.#play())) return;
          break;
        default:
          break;
      }
    }
  }

  /** The role that is being played now, or null. */
  get playing(): ControlledProcess | FreeProcess | null {
    return this.#controlled.playing ? this.#controlled : this.#free.playing ? this.#free : null;
  }

  print(text: string, fd: number): void {
    this.#recorder.printed(text);
    if (this.#isStarted) this.#node?.printed(text, fd);
  }

  /** True if the worker is to wait for its next turn; false if it must let the event loop turn first. */
  #afterPlay(outcome: "over" | "outside" | "aborted"): boolean {
    if (outcome === "outside") {
      real.setImmediate(() => {
        if (this.#afterPlay(this.#controlled.goOn())) this.serve();
      });
      return false;
    }
    setProbe(null);
    if (this.#controlled.controlsNode) this.#node?.end();
    if (outcome === "aborted") this.#baton.passTo(0);
    return true;
  }

  #play(): "over" | "outside" | "aborted" {
    this.#scheduler.enter(false);
    const role = this.#enterRun(this.#controlled);
    if (role === null) {
      this.#baton.passTo(0);
      return "over";
    }
    setProbe(this.#controlled);
    if (this.#controlled.controlsNode) this.#node?.begin();
    return this.#controlled.play(role, this.#isStarted);
  }

  async #playFreely(): Promise<void> {
    const role = this.#enterRun(this.#free);
    if (role === null) {
      this.#freeFaults.finished();
    } else {
      setProbe(this.#free);
      await this.#free.play(role);
      setProbe(null);
    }
    setImmediate(() => this.serve());
  }

  /** It plays no role, but what the program of another process has started. */
  get #isStarted(): boolean {
    return this.#memory.words[processAt(this.#process) + P.parent] !== 0;
  }

  /** Builds what the role needs; null, with the reason in memory, if that fails. */
  #enterRun(process: ControlledProcess | FreeProcess): (() => unknown) | null {
    const { words, region } = this.#memory;
    const scenario = this.#scenario as Scenario;
    if (this.#isStarted) return () => this.#node?.runProgram();
    try {
      if (words[H.inputVersion] !== this.#inputVersion) this.#decodeInput(scenario);
      const arena = new Arena(region, { start: ARENA_START, end: region.byteLength, creating: false });
      const shared = withArena(arena, () => scenario.shared?.(this.#input) ?? {});
      if (arena.used !== words[H.arenaUsed] || arena.digest !== words[H.arenaDigest]) {
        return this.#cannotStart(ENDING.sharedDiffers, "");
      }
      // Who begins a dead process's role anew plays the same part.
      const index = (words[processAt(this.#process) + P.restartOf] || this.#process + 1) - 1;
      const role = this.#roles[index];
      const context = new ProcessContext(
        {
          name: this.#namesOfProcesses[index],
          role,
          index,
          number: this.#roles.slice(0, index).filter((other) => other === role).length,
          input: this.#input,
          folder: this.#controlled.controlsNode ? RUN_ROOT : real.cwd(),
          slot: this.#process,
        },
        process,
        this.#names,
        this.#draws,
      );
      const { load } = scenario;
      if (load === undefined) return () => scenario.roles[role](shared, context, undefined);
      return async () => scenario.roles[role](shared, context, await load());
    } catch (error) {
      return this.#cannotStart(
        ENDING.startFailed,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
  }

  #decodeInput(scenario: Scenario): void {
    const { words, bytes } = this.#memory;
    this.#input = deserialize(bytes.slice(PARTS.input, PARTS.input + words[H.inputLength]));
    this.#roles = scenario.processes(this.#input);
    this.#namesOfProcesses = processNames(this.#roles);
    this.#inputVersion = words[H.inputVersion];
  }

  #cannotStart(ending: number, reason: string): null {
    const { words } = this.#memory;
    words[processAt(this.#process) + P.state] = PROCESS.threw;
    this.#values.write(processAt(this.#process) + P.endTag, reason);
    words[H.endingProcess] = this.#process;
    words[H.ending] = ending;
    return null;
  }

  async #takeControl(folder: string, url: string): Promise<void> {
    if (this.#node === null) {
      const node = new ControlledNode(this.#controlled, this.#memory, this.#names, this.#process, folder);
      this.#controlled.busy = () => node.busy;
      this.#controlled.beforeExit = (isSettled) => node.beforeExit(isSettled);
      this.#controlled.life.atExit = (code, failure) => {
        if (this.#controlled.controlsNode) node.atExit(code, failure);
      };
      this.#controlled.servers.connections = node.connections;
      this.#node = node;
    }
    await this.#node.importScenario(url);
  }

  async #load(): Promise<void> {
    const { words, bytes } = this.#memory;
    const version = words[H.programVersion];
    let loaded = version;
    try {
      const program = JSON.parse(
        new TextDecoder().decode(bytes.slice(PARTS.program, PARTS.program + words[H.programLength])),
      ) as Program;
      this.#names.clear();
      this.#inputVersion = 0;
      if (program.folder !== null) real.chdir(program.folder);
      this.#controlled.controlsNode = program.controlsNode;
      // What a package does is under control only if everything was replaced before it was loaded.
      if (program.controlsNode && program.folder !== null) await this.#takeControl(program.folder, program.url);
      else await import(program.url);
      const scenario = declaredScenarios().find(
        (other) => other.moduleUrl === program.url && other.ordinal === program.ordinal,
      );
      if (scenario === undefined) {
        throw new Error(
          `${program.url} declares no scenario number ${program.ordinal + 1} here, though it does in the process that started this one. ` +
            "Declare scenarios at the top level of their module, always the same ones, with import.meta.url as first argument.",
        );
      }
      this.#scenario = scenario;
      if (program.controlsNode) this.#node?.prepare(scenario);
      // Once for nothing: what can't be loaded is to be known now, and files are read and compiled for all runs.
      await scenario.load?.();
      if (program.controlsNode) this.#node?.end();
    } catch (error) {
      loaded = -version;
      this.#values.write(
        processAt(this.#process) + P.endTag,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
    }
    // Modules may open handles of their own when they are imported; what is there after a turn is at rest.
    setImmediate(() => {
      rememberRestingResources();
      Atomics.store(words, (PARTS.loaded >> 2) + this.#process, loaded);
      this.#baton.passTo(0);
      this.serve();
    });
  }
}

interface Program {
  readonly url: string;
  readonly ordinal: number;
  readonly folder: string | null;
  readonly controlsNode: boolean;
}

const lane = joinLane();
const agent = lane.agent === SPARE ? await awaitRole(lane) : lane.agent;
const worker = new Worker(new LaneMemory(lane.region), agent - 1);
lane.region.words[(PARTS.pids >> 2) + agent - 1] = process.pid;
Atomics.store(lane.region.words, (PARTS.loaded >> 2) + agent - 1, 0);
Atomics.store(lane.region.words, (PARTS.turns >> 2) + agent, 0);

process.on("unhandledRejection", (error) => surfacing(error));
process.on("uncaughtException", (error) => surfacing(error));
captureOutput();
captureExit();
reportReady();
setImmediate(() => worker.serve());

function surfacing(error: unknown): void {
  const playing = worker.playing;
  if (playing !== null) playing.uncaught(error);
}

/** What a role prints belongs to the step at which it printed it. */
function captureOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      if (worker.playing === null) return (write as (...args: unknown[]) => boolean)(chunk, ...rest);
      worker.print(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString(), stream.fd);
      const callback = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
      if (callback !== undefined) queueMicrotask(callback);
      return true;
    };
  }
}

function captureExit(): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null): never => {
    const playing = worker.playing;
    if (playing === null) return exit(code);
    return playing.exit(Number(code ?? process.exitCode ?? 0));
  };
}
