import { KIND } from "./kinds.ts";
import { ENDING, H, LIMITS, M, MAIL, P, PARTS, PROCESS, Q, QUEUE, QUEUES, S, SIZES, STRAND, T } from "./lane-memory.ts";
import type { LaneMemory } from "./lane-memory.ts";
import { entryAt } from "./recorder.ts";
import { processAt, strandAt } from "./strands.ts";

/**
 * The processes that a program starts itself, and what they and their parents tell each other: for each of them some queues in
 * the lane's memory. Each has a worker that waits from the beginning of the run, and takes no step before the one by which its
 * parent starts it.
 *
 * A thread is one of them that belongs to another one: it dies with that, and stands still with it.
 */
export class Family {
  readonly #words: Int32Array;
  readonly #scheduler: Announcing;

  constructor(memory: LaneMemory, scheduler: Announcing) {
    this.#words = memory.words;
    this.#scheduler = scheduler;
  }

  /** `parent` starts a process by the step that it has just been granted; -1 if there is no worker left for it. */
  start(parent: number, title: number, { linked, thread }: Ties): number {
    const words = this.#words;
    const number = thread ? this.#threadsSoFar(this.ownerOf(parent)) + 1 : 0;
    for (let process = words[H.starters]; process < words[H.processes]; process++) {
      const own = processAt(process);
      if (words[own + P.state] !== PROCESS.absent) continue;
      words[own + P.state] = PROCESS.live;
      words[own + P.parent] = parent + 1;
      words[own + P.bornAt] = words[processAt(parent) + P.lastEntry];
      words[own + P.title] = title;
      words[own + P.role] = ROLES_OF_STARTED + title;
      words[own + P.linked] = linked ? 1 : 0;
      words[own + P.thread] = number;
      words[own + P.strand] = 1;
      this.#scheduler.announce(process, 1, KIND.start, 0, title);
      return process;
    }
    return -1;
  }

  /** No run may start more processes than the one that lacked a worker just now. */
  get isFull(): boolean {
    const words = this.#words;
    return words[H.processes] === LIMITS.processesMax || words[H.processes] - words[H.planned] >= LIMITS.childrenMax;
  }

  parentOf(process: number): number {
    return this.#words[processAt(process) + P.parent] - 1;
  }

  /** Its number among the threads of its process, from 1; 0 if it is no thread. */
  threadOf(process: number): number {
    return this.#words[processAt(process) + P.thread];
  }

  /** The process that a thread belongs to; itself, if it is none. */
  ownerOf(process: number): number {
    let owner = process;
    while (this.threadOf(owner) !== 0) owner = this.parentOf(owner);
    return owner;
  }

  /** The live threads of a process, or of a thread: those that it has started, and the ones that these have. */
  threadsOf(process: number): number[] {
    const words = this.#words;
    const found: number[] = [];
    for (let other = words[H.starters]; other < words[H.processes]; other++) {
      if (this.threadOf(other) === 0 || !this.isLive(other)) continue;
      const parent = this.parentOf(other);
      if (parent === process || found.includes(parent)) found.push(other);
    }
    return found;
  }

  #threadsSoFar(owner: number): number {
    const words = this.#words;
    let count = 0;
    for (let other = words[H.starters]; other < words[H.processes]; other++) {
      if (this.threadOf(other) !== 0 && this.ownerOf(other) === owner) count++;
    }
    return count;
  }

  isLive(process: number): boolean {
    return this.#words[processAt(process) + P.state] === PROCESS.live;
  }

  isLinked(child: number): boolean {
    return this.#words[processAt(child) + P.linked] === 1;
  }

  handlesSignal(process: number, signal: number): boolean {
    return (this.#words[processAt(process) + P.handled] & (1 << signal)) !== 0;
  }

  /** The process has a handler for the signal, or has one no longer. */
  handles(process: number, signal: number, does: boolean): void {
    const at = processAt(process) + P.handled;
    if (does) this.#words[at] |= 1 << signal;
    else this.#words[at] &= ~(1 << signal);
  }

  /** Leaves mail, and returns the word index at which its value is to be put. */
  post(child: number, queue: number, kind: number): number {
    const words = this.#words;
    if (words[H.mails] >= LIMITS.mailsMax) {
      this.full();
      return mailAt(words[H.mails]) + M.tag;
    }
    const number = ++words[H.mails];
    const mail = mailAt(number);
    words[mail + M.kind] = kind;
    words[mail + M.tag] = 0;
    words[mail + M.payload] = 0;
    words[mail + M.entry] = words[H.entries];
    words[mail + M.next] = 0;
    const at = queueAt(child, queue);
    if (words[at + Q.first] === 0) words[at + Q.first] = number;
    else words[mailAt(words[at + Q.last]) + M.next] = number;
    words[at + Q.last] = number;
    const task = words[at + Q.task];
    if (task === 0) return mail + M.tag;
    const reader = queue === QUEUE.down || queue === QUEUE.signal ? child : this.parentOf(child);
    const record = strandAt(reader, task);
    if (words[record + S.state] === STRAND.listening) this.#scheduler.makeReady(record, KIND.receive);
    return mail + M.tag;
  }

  /** There is mail that was not taken. */
  hasMail(child: number, queue: number): boolean {
    return this.#words[queueAt(child, queue) + Q.first] !== 0;
  }

  /** The event of that number waits for mail. */
  listen(child: number, queue: number, task: number): void {
    this.#words[queueAt(child, queue) + Q.task] = task;
  }

  /** Takes the oldest mail by the step that `reader` has just been granted; returns its word index. */
  take(reader: number, child: number, queue: number): number {
    const words = this.#words;
    const at = queueAt(child, queue);
    const mail = mailAt(words[at + Q.first]);
    words[at + Q.first] = words[mail + M.next];
    words[at + Q.task] = 0;
    // By which step it came, for who looks at the order of steps.
    words[entryAt(words[processAt(reader) + P.lastEntry]) + T.before] = words[mail + M.entry];
    return mail;
  }

  /** The two can send each other nothing more. Who has not been told so hears of it as of a message. */
  unlink(child: number, told: "child" | "parent" | "both"): void {
    const own = processAt(child);
    if (this.#words[own + P.linked] === 0) return;
    this.#words[own + P.linked] = 0;
    if (told !== "child") this.post(child, QUEUE.down, MAIL.end);
    if (told !== "parent") this.post(child, QUEUE.up, MAIL.end);
  }

  /** The process takes no further step: its parent and its children hear of it, and its threads end with it. */
  ended(process: number, status: number, signal: number): void {
    const words = this.#words;
    if (this.threadOf(process) !== 0) {
      this.post(process, QUEUE.out, MAIL.end);
      this.post(process, QUEUE.err, MAIL.end);
      const at = this.post(process, QUEUE.up, MAIL.exit);
      words[at] = signal === 0 ? status : TERMINATED;
      words[at + 1] = 0;
    } else if (words[processAt(process) + P.parent] !== 0) {
      this.unlink(process, "child");
      this.post(process, QUEUE.out, MAIL.end);
      this.post(process, QUEUE.err, MAIL.end);
      const at = this.post(process, QUEUE.exit, MAIL.exit);
      words[at] = status;
      words[at + 1] = signal;
    }
    for (let child = words[H.starters]; child < words[H.processes]; child++) {
      if (this.parentOf(child) !== process || !this.isLive(child)) continue;
      if (this.threadOf(child) === 0) this.unlink(child, "parent");
      else this.#scheduler.effects.kill(child);
    }
  }

  /** A signal for a live process that the program has started: its handler gets it, or it dies. */
  signal(process: number, signal: number): void {
    if (this.handlesSignal(process, signal)) this.#words[this.post(process, QUEUE.signal, MAIL.signal)] = signal;
    else this.#scheduler.effects.kill(process, signal);
  }

  /** The step just granted ends the thread where it stands. */
  terminate(thread: number): void {
    this.#scheduler.effects.kill(thread);
  }

  /** There is no room in the lane's memory for what the run brings about. */
  full(): void {
    this.#scheduler.end(ENDING.textLimit);
  }
}

/** The scheduler, as far as families make it do something. */
interface Announcing {
  readonly effects: { kill(process: number, signal?: number): void };
  announce(process: number, task: number, kind: number, object: number, label: number): number;
  makeReady(record: number, kind: number): void;
  end(ending: number): number;
}

/** How a process belongs to the one that starts it. */
export interface Ties {
  /** They can send each other messages as parent and child. */
  readonly linked: boolean;
  readonly thread: boolean;
}

/** What its parent hears of a thread that did not end by itself. */
const TERMINATED = 1;

/** Equal programs play equal parts, and none of those of the scenario's roles. */
const ROLES_OF_STARTED = LIMITS.processesMax;

function queueAt(child: number, queue: number): number {
  return (PARTS.queues >> 2) + (child * QUEUES + queue) * SIZES.queueWords;
}

function mailAt(number: number): number {
  return (PARTS.mails >> 2) + (number - 1) * SIZES.mailWords;
}
