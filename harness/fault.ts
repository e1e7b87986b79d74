import { RequestError } from "./request-error.ts";

/**
 * A fault is part of a run's value: what befalls a process when it is about to take a certain step. It is keyed as a
 * segment of the schedule is, by what the step does and not by where it stands, so that it survives an edit elsewhere.
 *
 * The step is not taken when the fault befalls it. A fault that kills or holds up a process takes a turn of its own in the
 * schedule, whenever that is granted; one that makes a file operation fail takes the step's turn.
 */
export interface Fault {
  readonly kind: FaultKind;
  /** 64 · process + task. */
  readonly strand: number;
  readonly fingerprint: number;
  /** The strand's `occurrence`-th step with this fingerprint, counted from the start of the run. */
  readonly occurrence: number;
  /** How long a pause lasts, in virtual milliseconds, or how far the wall clock jumps; 0 for the others. */
  readonly ms: number;
}

/** A fault that is yet to find its step: the first of the process's steps, from number `atStep` on, that it can befall. */
export interface FaultToCome {
  readonly kind: FaultKind;
  readonly process: number;
  /** From 1. */
  readonly atStep: number;
  readonly ms: number;
}

export type FaultKind = (typeof FAULT_KINDS)[number];

/** The place in this list is the kind's number in the lane's memory, less 1. */
export const FAULT_KINDS = [
  "kill",
  "restart",
  "cut",
  "pause",
  "wake",
  "clock",
  "enospc",
  "eio",
  "emfile",
  "short",
  "torn",
] as const;

/** What each kind does, for people. */
export const FAULT_CLAIMS: Readonly<Record<FaultKind, string>> = {
  kill: "a process dies of SIGKILL at one of its steps",
  restart: "a process dies of SIGKILL, and its role begins anew in a fresh process",
  cut: "a process dies of SIGKILL in the middle of copying bytes into shared memory",
  pause: "a process stands still for a stretch of time, as after SIGSTOP",
  wake: "a process that sleeps on a word wakes up for no reason",
  clock: "the wall clock jumps",
  enospc: "a file operation fails: no space is left on the device",
  eio: "a file operation fails: input/output error",
  emfile: "a file operation fails: too many files are open",
  short: "a file operation writes less than it was given, and says so",
  torn: "a process dies in the middle of writing a file: only a part is there",
};

/** Kinds that befall steps which name a file. `--faults file=1` means any of them. */
export const FILE_FAULTS: readonly FaultKind[] = ["enospc", "eio", "emfile", "short", "torn"];

/** The ones after which a process is dead. */
export const DEADLY_FAULTS: readonly FaultKind[] = ["kill", "restart", "cut", "torn"];

/** Kinds that happen in free mode, for real. */
export const FREE_FAULTS: readonly FaultKind[] = ["kill", "pause", "wake", "enospc", "eio", "emfile", "cut", "restart"];

/** Why the others do not, for people. */
export const NOT_FREE: { readonly [kind in FaultKind]?: string } = {
  clock: "nobody's real clock is set",
  short: "there forkcheck does not stand between a program and what it writes",
  torn: "there forkcheck does not stand between a program and what it writes",
};

/** How many faults of a kind one run may have at most; a group stands for any of its kinds. */
export type FaultBudget = { readonly [kind in FaultKind | "file"]?: number };

/** Faults of one run at most, of all kinds together. */
export const FAULTS_MAX = 16;

/**
 * Reads "kill=1,pause=2"; a kind without a number means one, "none" means none at all.
 *
 * @throws {RequestError} a kind is unknown, or a number is none
 */
export function parseFaultBudget(text: string): FaultBudget {
  if (text.trim() === "none" || text.trim() === "") return {};
  const budget: Record<string, number> = {};
  for (const part of text.split(",")) {
    const [kind, count = "1", ...rest] = part.trim().split("=");
    if (rest.length > 0 || !/^\d+$/.test(count)) {
      throw new RequestError(
        `The fault ${JSON.stringify(part.trim())} is no KIND=NUMBER.`,
        "Write, for example, --faults kill=1,pause=1.",
      );
    }
    budget[kind] = Number(count);
  }
  return checkedFaultBudget(budget);
}

/** @throws {RequestError} a kind is unknown, a number is none, or there are too many in all */
export function checkedFaultBudget(budget: Readonly<Record<string, unknown>>): FaultBudget {
  let total = 0;
  for (const [kind, count] of Object.entries(budget)) {
    if (!isFaultKind(kind) && kind !== "file") {
      throw new RequestError(
        `There is no fault ${JSON.stringify(kind)}.`,
        `Choose from ${[...FAULT_KINDS, "file"].join(", ")}; file stands for ${FILE_FAULTS.join(", ")}.`,
      );
    }
    if (!Number.isSafeInteger(count) || (count as number) < 0) {
      throw new RequestError(`The number of ${kind} faults is ${String(count)}.`, "It is a whole number from 0.");
    }
    total += count as number;
  }
  if (total > FAULTS_MAX) {
    throw new RequestError(
      `${total} faults are asked for in one run.`,
      `A run has ${FAULTS_MAX} at most (limit: faultsMax).`,
    );
  }
  return budget;
}

/** Each fault that the budget allows, by the kinds it may be of. */
export function faultsOfBudget(budget: FaultBudget): (readonly FaultKind[])[] {
  return Object.entries(budget).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => (kind === "file" ? FILE_FAULTS : [kind as FaultKind])),
  );
}

export function isFaultKind(text: string): text is FaultKind {
  return (FAULT_KINDS as readonly string[]).includes(text);
}
