import os from "node:os";
import { QUEUE } from "../engine/lane-memory.ts";
import { ChannelEnd } from "./channel-end.ts";
import { pidOf, type Kin, type Program } from "./kin.ts";

/**
 * A process that another one of the run has started, as its program sees it: what it was started with, its channel to its parent,
 * and its end, of which the parent hears.
 */
export class StartedProgram {
  readonly #kin: Kin;
  #program: Program | null = null;
  /** Its channel to its parent. */
  #end: ChannelEnd | null = null;
  #hearsSignals = false;
  /** The channel keeps the process alive. */
  #holds = false;
  /** As many listeners wait for something from the parent. */
  #listeners = 0;
  /** Whether the channel is to keep the process alive was said by the program. */
  #told: boolean | null = null;
  readonly #channel = {
    ref: () => this.#tell(true),
    unref: () => this.#tell(false),
  };

  constructor(kin: Kin) {
    this.#kin = kin;
  }

  /** To be called once. */
  replace(): void {
    const { gate } = this.#kin;
    const own = process as unknown as Record<string, unknown>;
    const shown: Record<string, () => unknown> = {
      send: () => this.#linked?.send,
      connected: () => this.#end?.connected,
      disconnect: () => (this.#linked === undefined ? undefined : this.#disconnect),
      channel: () => (this.#linked === undefined ? undefined : this.#channel),
    };
    for (const [name, value] of Object.entries(shown)) {
      const original = own[name];
      Object.defineProperty(process, name, {
        get: () => (gate.active ? value() : original),
        set: () => {},
        configurable: true,
        enumerable: true,
      });
    }
    // Node's own count listeners for the channel to forkcheck's pool.
    for (const event of ["newListener", "removeListener"] as const) {
      for (const listener of process.rawListeners(event)) {
        if (OF_THE_POOL.test(String(listener))) process.removeListener(event, listener as () => void);
      }
    }
    process.on("newListener", (event) => this.#noteListener(event, 1));
    process.on("removeListener", (event) => this.#noteListener(event, -1));
  }

  /** The process begins; what it is to run is returned. */
  begin(): Program {
    const { gate, program, index } = this.#kin;
    this.#program = program;
    if (this.#kin.thread === 0) {
      const { serialization } = program;
      const side = { child: index, isChild: true, peer: "the parent", emitter: process, serialization };
      this.#end = new ChannelEnd(this.#kin, { ...side, cut: () => this.#hold() }, gate.family.isLinked(index));
    }
    process.argv = [process.execPath, program.file, ...program.args];
    process.execArgv = [];
    for (const [name, value] of Object.entries(program.env)) {
      if (value === null) delete process.env[name];
      else process.env[name] = value;
    }
    return program;
  }

  /** It has written something; that its parent reads that is said by `pipes`. */
  printed(text: string, fd: number): void {
    if (this.#program?.pipes[fd - 1] !== true) return;
    this.#kin.step(`write to standard ${fd === 1 ? "output" : "error"}`, `output of ${pidOf(this.#kin.index)}`);
    this.#kin.post(this.#kin.index, fd === 1 ? QUEUE.out : QUEUE.err, text);
  }

  /**
   * Its last step.
   *
   * @param also what else belongs to it
   */
  ended(status: number, also: () => void): void {
    const { index, gate } = this.#kin;
    if (!gate.family.isLive(index)) return;
    this.#kin.step(`exit ${status}`, `process of ${pidOf(index)}`);
    also();
    gate.family.ended(index, status, 0);
  }

  /** The run is over. */
  clear(): void {
    this.#program = null;
    this.#end = null;
    this.#hearsSignals = false;
    this.#holds = false;
    this.#listeners = 0;
    this.#told = null;
  }

  get #linked(): ChannelEnd | undefined {
    return this.#end?.isKnown === true ? this.#end : undefined;
  }

  readonly #disconnect = (): void => this.#end?.disconnect(true);

  #noteListener(event: string | symbol, more: number): void {
    if (this.#program === null || this.#kin.thread !== 0 || !this.#kin.gate.active) return;
    const signal = os.constants.signals[event as NodeJS.Signals];
    if (signal !== undefined) this.#noteHandler(event as NodeJS.Signals, signal, more);
    if (event !== "message" && event !== "disconnect") return;
    this.#listeners += more;
    this.#end?.hear();
    if (event === "message") process.nextTick(() => this.#end?.giveOut());
    this.#hold();
  }

  /** Whether it has a handler is for others to know, as a signal ends it at once where there is none. */
  #noteHandler(name: NodeJS.Signals, signal: number, more: number): void {
    const { index, gate } = this.#kin;
    // The event comes before the first is there, and after the last one is gone.
    gate.family.handles(index, signal, more > 0 || process.listenerCount(name) > 0);
    if (this.#hearsSignals) return;
    this.#hearsSignals = true;
    this.#kin.listen(index, QUEUE.signal, "hear a signal", (mail) => {
      const heard = Object.entries(os.constants.signals).find(([, number]) => number === mail.signal)?.[0];
      gate.found(`→ ${heard ?? mail.signal}`);
      process.emit(heard as never, heard as never, mail.signal as never);
    });
  }

  #tell(holds: boolean): void {
    this.#told = holds;
    this.#hold();
  }

  #hold(): void {
    const holds = this.#end?.isOpen === true && (this.#told ?? this.#listeners > 0);
    if (holds === this.#holds) return;
    this.#holds = holds;
    this.#kin.gate.hold(holds ? 1 : -1);
  }
}

/** What Node itself puts there in a process that was forked, to keep its channel alive and to give out what came early. */
const OF_THE_POOL = /refCounted\(|kPendingMessages/;
