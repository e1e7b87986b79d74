import { serialize } from "node:v8";
import type { Ties } from "../engine/family.ts";
import { KIND } from "../engine/kinds.ts";
import { LIMITS, M, MAIL, P, type LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import { processAt } from "../engine/strands.ts";
import { TextLimitError, Values, type ClonedValue } from "../engine/values.ts";
import { footprintText } from "../footprint.ts";
import type { Gate } from "./gate.ts";

/**
 * What a process under control has to do with those that it has started and with the one that has started it: the steps by which
 * they reach each other, and the mail between them as values.
 */
export class Kin {
  /** This process's own number. */
  readonly index: number;
  readonly gate: Gate;
  readonly #memory: LaneMemory;
  readonly #names: Names;
  readonly #values: Values;
  #hasChildren = false;

  constructor(gate: Gate, memory: LaneMemory, names: Names, index: number) {
    this.gate = gate;
    this.index = index;
    this.#memory = memory;
    this.#names = names;
    this.#values = new Values(memory, names);
  }

  /** Blocks until the step is granted. */
  step(label: string, touches: string): void {
    this.gate.block({
      kind: KIND.message,
      object: 0,
      label: this.#names.intern(label),
      footprint: this.#names.intern(footprintText({ reads: [], writes: [touches] })),
      place: "",
    });
  }

  /** Its number as its program sees it: threads have that of their process. */
  get pid(): number {
    return pidOf(this.gate.family.ownerOf(this.index));
  }

  /** The number of the process that has started it; 0 if it is one of the scenario. */
  get ppid(): number {
    const { family } = this.gate;
    const parent = family.parentOf(family.ownerOf(this.index));
    return parent < 0 ? 0 : pidOf(family.ownerOf(parent));
  }

  /** Its number among the threads of its process; 0 if it is none. */
  get thread(): number {
    return this.gate.family.threadOf(this.index);
  }

  /** Starts a process that runs `program`, as one step; returns its number. */
  start(program: Program, linked: boolean): number {
    const child = this.#started(`start ${program.title}`, program, { linked, thread: false });
    this.gate.found(`→ process ${pidOf(child)}`);
    return child;
  }

  /** As `start`, for a thread. */
  startThread(program: Program, data: ClonedValue): number {
    const thread = this.#started(`start thread ${program.title}`, program, { linked: false, thread: true });
    this.#write(processAt(thread) + P.dataTag, data);
    this.gate.found(`→ thread ${this.gate.family.threadOf(thread)}`);
    return thread;
  }

  #started(label: string, program: Program, ties: Ties): number {
    const { gate } = this;
    this.step(label, `process of ${pidOf(this.index)}`);
    const child = gate.family.start(this.index, this.#names.intern(program.title), ties);
    if (child < 0) {
      if (!gate.family.isFull) gate.crowded();
      gate.refuse(
        `its program starts more than ${LIMITS.childrenMax} processes and threads in one run (limit: childrenMax), or there are more than ` +
          `${LIMITS.processesMax} with those of the scenario (limit: processesMax). Have it start fewer, by its options or its input.`,
      );
    }
    this.#write(processAt(child) + P.programTag, program);
    this.#hasChildren = true;
    return child;
  }

  /** It was started by another process of the run, or has started one itself: its end is a step. */
  get hasKin(): boolean {
    return this.#hasChildren || this.gate.family.parentOf(this.index) >= 0;
  }

  /** A run begins. */
  begin(): void {
    this.#hasChildren = false;
  }

  /** What this process was started for. */
  get program(): Program {
    return this.#values.read(processAt(this.index) + P.programTag) as Program;
  }

  /** What this thread was given by who has started it. */
  get data(): unknown {
    return this.#values.read(processAt(this.index) + P.dataTag);
  }

  titleOf(process: number): string {
    return this.#names.text(this.#memory.words[processAt(process) + P.title]);
  }

  /** What a signal has ended a process by, for its verdict. */
  noteDeath(process: number, signal: string): void {
    this.#write(processAt(process) + P.endTag, signal);
  }

  /** Leaves a value in the queue, as a part of the step that was granted last. */
  post(child: number, queue: number, value: unknown, kind: number = MAIL.message): void {
    this.#write(this.gate.family.post(child, queue, kind), value);
  }

  /** Calls `hear` for each mail of the queue, each as an event of its own, to the last one. */
  listen(child: number, queue: number, label: string, hear: (mail: Mail) => void): void {
    const { family } = this.gate;
    const event = { kind: KIND.receive, object: 0, label: this.#names.intern(label), footprint: 0, place: "" };
    const wait = (): void => {
      const task = this.gate.listen(event, family.hasMail(child, queue), () => {
        // It may have been taken in another way.
        if (!family.hasMail(child, queue)) return wait();
        const mail = this.#taken(child, queue);
        if (mail.kind !== MAIL.end && mail.kind !== MAIL.exit) wait();
        hear(mail);
      });
      family.listen(child, queue, task);
    };
    wait();
  }

  /** Takes the oldest mail of the queue as a part of the step that was granted last; null if there is none. */
  takeNow(child: number, queue: number): Mail | null {
    return this.gate.family.hasMail(child, queue) ? this.#taken(child, queue) : null;
  }

  #taken(child: number, queue: number): Mail {
    const { words } = this.#memory;
    const at = this.gate.family.take(this.index, child, queue);
    const kind = words[at + M.kind];
    if (kind === MAIL.exit) return { kind, value: undefined, status: words[at + M.tag], signal: words[at + M.payload] };
    if (kind === MAIL.signal) return { kind, value: undefined, status: 0, signal: words[at + M.tag] };
    return { kind, value: this.#values.read(at + M.tag), status: 0, signal: 0 };
  }

  #write(index: number, value: unknown): void {
    try {
      this.#values.write(index, value);
    } catch (error) {
      if (!(error instanceof TextLimitError)) throw error;
      this.gate.family.full();
    }
  }
}

/** What a process or thread is started for. */
export interface Program {
  /** What it is called in the report. */
  readonly title: string;
  readonly file: string;
  /** What it is to run in place of a file. */
  readonly code?: string;
  readonly args: readonly string[];
  /** In which its environment differs from that of a process of the scenario; null for what it lacks. */
  readonly env: Readonly<Record<string, string | null>>;
  /** As the program sees it. */
  readonly cwd: string;
  /** How messages are sent. */
  readonly serialization: Serialization;
  /** Whether its parent reads its standard output and error. */
  readonly pipes: readonly [out: boolean, err: boolean];
}

export type Serialization = "json" | "advanced";

export interface Mail {
  /** See MAIL. */
  readonly kind: number;
  readonly value: unknown;
  readonly status: number;
  /** The number of a signal, or 0. */
  readonly signal: number;
}

/**
 * A message as it is sent: what the receiver gets has nothing to do any more with what the sender has.
 *
 * @throws what Node throws of what can't be sent
 */
export function packed(message: unknown, serialization: Serialization): unknown {
  if (message === undefined) {
    throw Object.assign(new TypeError('The "message" argument must be specified'), { code: "ERR_MISSING_ARGS" });
  }
  if (serialization === "json") return JSON.stringify(message);
  serialize(message);
  return message;
}

export function unpacked(value: unknown, serialization: Serialization): unknown {
  return serialization === "json" ? JSON.parse(value as string) : value;
}

/** A process's number as its program sees it. */
export function pidOf(index: number): number {
  return FIRST_PID + index;
}

export const FIRST_PID = 1001;
