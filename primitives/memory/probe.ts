import type { Word } from "./word.ts";

/**
 * The seam between primitives and whoever watches them. Every access to shared state asks the probe first, if there is
 * one. In production there is none, and an access costs one predictable branch more. Under forkcheck's engine each call
 * is a scheduling point: the probe announces what this process is about to do, and returns when it may.
 *
 * So the code that ships is the code that is checked, instruction for instruction.
 */
export interface Probe {
  /**
   * Announces one atomic access and returns when it is this process's turn to make it. The access must follow at once,
   * and `moved` must say what it did.
   */
  access(kind: AccessKind, offset: number): void;
  /**
   * What the access just granted found and left: for a load, both are the value. `wrote` is false where an update turned out
   * to be a look, which publishes nothing to whoever looks next.
   */
  moved(before: number, after: number, wrote?: boolean): void;
  /** Blocks this process while `word` holds `expected`; see `Word.wait`. */
  wait(word: Word, expected: number, deadlineMs: number): WaitOutcome;
  /** The awaiting form: the process's other tasks go on meanwhile. */
  waitAsync(word: Word, expected: number, deadlineMs: number, signal?: AbortSignal): Promise<WaitOutcome>;
  /** Wakes at most `count` waiters of the word, longest waiting first; returns how many. */
  wake(word: Word, count: number): number;
  /**
   * Announces that plain bytes are about to be copied out of or into shared memory.
   *
   * @param source what is copied, where that is one piece
   */
  copy(kind: "read" | "write", offset: number, byteLength: number, source?: Uint8Array): void;
  /** An access without a step of its own, of bytes or of some bits of a word; see aside.ts. */
  aside?(kind: "read" | "write", offset: number, byteLength: number, mask: number): void;
  /** Milliseconds on the clock that deadlines are measured by. */
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  sleepSync(ms: number): void;
  /** An operation on an object begins; the answer identifies it to `returned` and `threw`. */
  invoked(object: SharedObject, operation: string, args: readonly unknown[]): number;
  returned(operation: number, result: unknown): void;
  threw(operation: number, error: unknown): void;
  /** Who is acting: identifies the process within the run, as `ownAgent` does in production. Never 0. */
  agent(): number;
  /**
   * Whether the process that acts as `agent` still lives. A probe without it lets nobody die. When a process dies, every
   * waiter has to be woken (for no reason, which it may be): the one it waits for may be the dead one. Looking is no step.
   */
  alive?(agent: number): boolean;
}

/** `read`: a load. `write`: a store. `update`: an atomic read-modify-write. */
export type AccessKind = "read" | "write" | "update";

/** `changed`: the word did not hold the expected value. `timed-out`: the deadline passed first. */
export type WaitOutcome = "woken" | "changed" | "timed-out";

/** Anything that lives in shared memory: `offset` is its first byte, `byteLength` how far it reaches. */
export interface SharedObject {
  readonly offset: number;
  readonly byteLength: number;
}

/** The probe of this process, or null in production. A live binding: read it, never copy it. */
export let probe: Probe | null = null;

/** Puts a probe in place, or takes it away; returns the one that was there. */
export function setProbe(next: Probe | null): Probe | null {
  const before = probe;
  probe = next;
  return before;
}
