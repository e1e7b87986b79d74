import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { MEMBERSHIP_VARIABLE } from "../engine/membership.ts";
import type { Failure } from "../engine/process-life.ts";
import type { LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import type { ServerConnections } from "../engine/server-watch.ts";
import type { Scenario } from "../scenario.ts";
import { ChildProcesses } from "./child-processes.ts";
import { BackgroundWork, replaceBackgroundWork } from "./background-work.ts";
import { noteAddon, noteBeyond, watchTheRest } from "./beyond.ts";
import { replaceClocks } from "./clocks.ts";
import { replaceFileFunctions } from "./file-functions.ts";
import { FileInterface } from "./file-interface.ts";
import type { Gate } from "./gate.ts";
import { KeptProperties } from "./kept-properties.ts";
import { Kin } from "./kin.ts";
import { Kernel } from "./kernel.ts";
import { replaceMachine } from "./machine.ts";
import { ModuleLoader } from "./module-loader.ts";
import { Operations } from "./operations.ts";
import { replaceNetSocket } from "./net-socket.ts";
import { ProcessFacade } from "./process.ts";
import { replacePrograms } from "./programs.ts";
import { Randomness, replaceRandomness } from "./randomness.ts";
import { RUN_ROOT, RunPlace } from "./run-place.ts";
import { Sockets } from "./sockets.ts";
import { StartOptions } from "./start-options.ts";
import { StartedProgram } from "./started-program.ts";
import { replaceTimers, Timers } from "./timers.ts";
import { replaceWaiting } from "./waiting.ts";
import { WorkerThreads } from "./worker-threads.ts";

/**
 * A worker's Node under control: what reaches out of a program (files, timers, clocks, random numbers, the process itself) is
 * replaced, once, before any package is loaded, in place, so that it does not matter how a package gets hold of it. While no
 * role is played, all of it acts as it always did.
 */
export class ControlledNode {
  readonly #kernel: Kernel;
  readonly #files: FileInterface;
  readonly #timers: Timers;
  readonly #work: BackgroundWork;
  readonly #random = new Randomness();
  readonly #facade: ProcessFacade;
  readonly #kin: Kin;
  readonly #program: StartedProgram;
  readonly #threads: WorkerThreads;
  readonly #sockets: Sockets;
  readonly #place: RunPlace;
  readonly #index: number;
  readonly #modules: ModuleLoader;
  readonly #forgetLooks: () => void;
  #kept: readonly KeptProperties[] = [];

  /** @param folder the real path of the folder in which runs take place */
  constructor(gate: Gate, memory: LaneMemory, names: Names, index: number, folder: string) {
    this.#index = index;
    this.#modules = new ModuleLoader((file) => noteAddon(memory, names, file));
    this.#place = new RunPlace(folder);
    this.#kernel = new Kernel(memory, names, this.#place, () => gate.now());
    this.#files = new FileInterface(gate, this.#kernel, names);
    this.#timers = new Timers(gate, names);
    this.#kin = new Kin(gate, memory, names, index);
    this.#facade = new ProcessFacade(this.#kin, memory, names);
    this.#program = new StartedProgram(this.#kin);
    const operations = new Operations(
      this.#kernel,
      () => this.#random.suffix(),
      () => noteBeyond(memory, "changes outside of the run's folder"),
    );
    replaceFileFunctions(this.#files, operations);
    replaceTimers(gate, this.#timers);
    this.#forgetLooks = replaceClocks(gate);
    replaceRandomness(gate, this.#random);
    this.#facade.replace(this.#place);
    this.#program.replace();
    this.#sockets = new Sockets(gate, names, () => noteBeyond(memory, "sockets"));
    replaceNetSocket(gate, this.#sockets);
    this.#work = new BackgroundWork(gate, names);
    replaceBackgroundWork(this.#work);
    replaceMachine(gate);
    replaceWaiting(gate);
    replacePrograms(gate, memory, names, this.#place);
    watchTheRest(gate, memory, names);
    delete process.env[MEMBERSHIP_VARIABLE];
    process.env.HOME = RUN_ROOT;
    process.env.TMPDIR = RUN_ROOT;
    for (const name of Object.keys(process.env)) if (name.startsWith("XDG_")) delete process.env[name];
    const options = new StartOptions(this.#place);
    new ChildProcesses(this.#kin, options).replace();
    this.#threads = new WorkerThreads(this.#kin, options);
    this.#threads.replace();
    syncBuiltinESMExports();
  }

  /** Loads a scenario's module. What is there then of Node's own modules is there between its runs. */
  async importScenario(url: string): Promise<void> {
    this.#threads.forget();
    await this.#modules.importScenario(url);
    this.#kept = [
      ...[fs, fs.promises].map((module) => new KeptProperties(module, Object.keys(module))),
      new KeptProperties(process.env, Object.keys(process.env)),
      new KeptProperties(globalThis),
    ];
    this.#facade.remember();
    this.#kernel.forgetNames();
  }

  /** The scenario whose runs follow. */
  prepare({ setup, replyWaitMs = REPLY_WAIT_MS }: Scenario): void {
    this.#sockets.replyWaitMs = setup === undefined ? null : replyWaitMs;
  }

  get connections(): ServerConnections {
    return this.#sockets;
  }

  /** Something that the program has asked for is done for real just now, and is waited for. */
  get busy(): boolean {
    return this.#work.underWay;
  }

  begin(): void {
    this.#modules.forget();
    this.#kin.begin();
    if (this.#kin.thread === 0) this.#threads.forget();
    this.#forgetLooks();
    this.#place.cwd = RUN_ROOT;
    this.#random.begin(this.#index);
  }

  /** Plays what another process has started this one for. */
  async runProgram(): Promise<void> {
    const program = this.#program.begin();
    this.#threads.begin(program);
    this.#place.cwd = program.cwd;
    if (program.code === undefined) await this.#modules.runMain(program.file);
    else this.#modules.runCode(program.code);
  }

  /** What a program that another one has started has written to its standard output or error. */
  printed(text: string, fd: number): void {
    this.#program.printed(text, fd);
  }

  /** @param isSettled false if it awaits, at the top level of its module, what never comes */
  beforeExit(isSettled: boolean): void {
    if (!isSettled) process.exitCode ??= UNSETTLED;
    process.emit("beforeExit", Number(process.exitCode ?? 0));
  }

  /** What the program wants done at the end of its process; it is still a part of the run. */
  atExit(code: number, failure?: Failure): void {
    const status = code === 0 && this.#kin.gate.lasting ? Number(process.exitCode ?? 0) : code;
    this.#facade.atExit(status);
    this.#sockets.closeAll();
    const tell = (): void => {
      if (this.#kin.thread !== 0 && failure !== undefined) this.#threads.failed(failure.error);
    };
    if (this.#kin.hasKin) this.#program.ended(status, tell);
  }

  /** The process has ended, or the run was cut off: nothing of it is to reach the next one. */
  end(): void {
    this.#kernel.descriptors.closeAll();
    this.#files.clear();
    this.#timers.clear();
    this.#sockets.clear();
    this.#work.clear();
    this.#program.clear();
    this.#threads.clear();
    this.#facade.end();
    for (const kept of this.#kept) kept.putBack();
  }
}

/** The exit status that Node has for it. */
const UNSETTLED = 13;
/** How long a request to a server waits for its reply, where the scenario does not say. */
const REPLY_WAIT_MS = 20;
