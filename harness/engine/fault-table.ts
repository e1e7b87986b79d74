import { FAULT_KINDS, FAULTS_MAX, FILE_FAULTS, type Fault, type FaultKind, type FaultToCome } from "../fault.ts";
import { labelText } from "./footprints.ts";
import { KIND } from "./kinds.ts";
import { F, FAULT, H, P, PARTS, S, SIZES, STRAND, STRAND_BITS, type LaneMemory } from "./lane-memory.ts";

/**
 * The faults of a run, in the lane's memory: which are planned, whose step has been announced, and which have struck. It
 * says when a fault applies; what it then does is the scheduler's part.
 */
export class FaultTable {
  readonly #memory: LaneMemory;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(memory: LaneMemory) {
    this.#memory = memory;
    this.#words = memory.words;
    this.#doubles = memory.doubles;
  }

  /** Makes these the faults of the run that is being set up. */
  plan(faults: readonly (Fault | FaultToCome)[]): void {
    const words = this.#words;
    words[H.faults] = Math.min(faults.length, FAULTS_MAX);
    words.fill(0, faultAt(0), faultAt(words[H.faults]));
    for (const [number, fault] of faults.slice(0, FAULTS_MAX).entries()) {
      const at = faultAt(number);
      words[at + F.kind] = FAULT_KINDS.indexOf(fault.kind) + 1;
      if ("atStep" in fault) {
        words[at + F.strand] = fault.process << STRAND_BITS;
        words[at + F.atStep] = fault.atStep;
      } else {
        words[at + F.strand] = fault.strand;
        words[at + F.fingerprint] = fault.fingerprint;
        words[at + F.occurrence] = fault.occurrence;
      }
      this.#doubles[(at + F.ms) >> 1] = fault.ms;
    }
  }

  /** A strand has announced a step, or has fallen asleep: a fault that was waiting for this is armed. */
  arm(strand: number, record: number, own: number, fingerprint: number): void {
    const words = this.#words;
    if (this.armedFor(strand) >= 0) return;
    for (let number = 0; number < words[H.faults]; number++) {
      const at = faultAt(number);
      if (words[at + F.state] !== FAULT.planned || !this.#isDue(at, strand, own, fingerprint)) continue;
      if (!this.#applies(words[at + F.kind], record)) continue;
      words[at + F.state] = FAULT.armed;
      words[at + F.strand] = strand;
      words[at + F.fingerprint] = fingerprint;
      words[H.armed]++;
      return;
    }
  }

  /** The strand takes a step with this fingerprint: faults keyed by a later one of these count it. */
  taken(strand: number, fingerprint: number): void {
    const words = this.#words;
    for (let number = 0; number < words[H.faults]; number++) {
      const at = faultAt(number);
      if (words[at + F.strand] === strand && words[at + F.fingerprint] === fingerprint) words[at + F.seen]++;
    }
  }

  /** The number of the fault that is armed for the strand's announced step; -1 if none is. */
  armedFor(strand: number): number {
    const words = this.#words;
    if (words[H.armed] === 0) return -1;
    for (let number = 0; number < words[H.faults]; number++) {
      const at = faultAt(number);
      if (words[at + F.state] === FAULT.armed && words[at + F.strand] === strand) return number;
    }
    return -1;
  }

  /** The same, only if the fault takes a turn of its own in place of the step; else -1. */
  turnFor(strand: number): number {
    const number = this.armedFor(strand);
    return number >= 0 && this.kindOfTurn(number) !== 0 ? number : -1;
  }

  /** In free mode, where nothing is armed: the number of the fault of these kinds that is due at this step, or -1. */
  dueAt(process: number, step: number, kinds: readonly FaultKind[]): number {
    const words = this.#words;
    for (let number = 0; number < words[H.faults]; number++) {
      const at = faultAt(number);
      const isIts = words[at + F.strand] >> STRAND_BITS === process && words[at + F.atStep] !== 0;
      if (!isIts || words[at + F.state] !== FAULT.planned || step < words[at + F.atStep]) continue;
      if (kinds.includes(this.kind(number))) return number;
    }
    return -1;
  }

  /** The kind of step that the fault takes in place of the strand's; 0 if it befalls the step itself. */
  kindOfTurn(number: number): number {
    return TURNS[this.kind(number)] ?? 0;
  }

  kind(number: number): FaultKind {
    return FAULT_KINDS[this.#words[faultAt(number) + F.kind] - 1];
  }

  ms(number: number): number {
    return this.#doubles[(faultAt(number) + F.ms) >> 1];
  }

  until(number: number): number {
    return this.#doubles[(faultAt(number) + F.until) >> 1];
  }

  holdUntil(number: number, time: number): void {
    this.#doubles[(faultAt(number) + F.until) >> 1] = time;
  }

  strike(number: number, entry: number): void {
    const at = faultAt(number);
    if (this.#words[at + F.state] === FAULT.armed) this.#words[H.armed]--;
    this.#words[at + F.state] = FAULT.struck;
    this.#words[at + F.entry] = entry;
  }

  /** One that has not struck; null if all have, as they have to in a replay. */
  get missed(): { readonly strand: number; readonly fault: FaultKind } | null {
    for (let number = 0; number < this.#words[H.faults]; number++) {
      const at = faultAt(number);
      if (this.#words[at + F.state] === FAULT.struck) continue;
      return { strand: this.#words[at + F.strand], fault: this.kind(number) };
    }
    return null;
  }

  /** How many have struck. */
  get struck(): number {
    const words = this.#words;
    let struck = 0;
    for (let number = 0; number < words[H.faults]; number++) {
      if (words[faultAt(number) + F.state] === FAULT.struck) struck++;
    }
    return struck;
  }

  #isDue(at: number, strand: number, own: number, fingerprint: number): boolean {
    const words = this.#words;
    const atStep = words[at + F.atStep];
    if (atStep !== 0) {
      return words[at + F.strand] >> STRAND_BITS === strand >> STRAND_BITS && words[own + P.steps] + 1 >= atStep;
    }
    return (
      words[at + F.strand] === strand &&
      words[at + F.fingerprint] === fingerprint &&
      words[at + F.seen] + 1 === words[at + F.occurrence]
    );
  }

  #applies(kind: number, record: number): boolean {
    const words = this.#words;
    const step = words[record + S.kind];
    if (step === KIND.file) {
      const fault = FAULT_KINDS[kind - 1];
      return !FILE_FAULTS.includes(fault) || befallsFileStep(fault, labelText(this.#memory, words[record + S.label]));
    }
    switch (FAULT_KINDS[kind - 1]) {
      case "wake":
        return words[record + S.state] === STRAND.waiting;
      case "cut":
        return step === KIND.copy && words[record + S.label] === 2;
      case "emfile":
      case "eio":
      case "enospc":
      case "short":
      case "torn": {
        if (step !== KIND.step || words[record + S.object] >= 0) return false;
        return faultsOfNamedStep(words[record + S.byteLength] === 2).includes(FAULT_KINDS[kind - 1]);
      }
      default:
        return true;
    }
  }
}

/** Word index of a fault. */
export function faultAt(number: number): number {
  return (PARTS.faults >> 2) + number * SIZES.faultWords;
}

/** Which faults befall a step of the user's that names a file. What it writes in its body is its own affair. */
export function faultsOfNamedStep(writes: boolean): readonly FaultKind[] {
  return writes ? ["emfile", "eio", "enospc"] : ["emfile", "eio"];
}

/** Which operations of the kernel can fail that way (open(2), write(2), mkdir(2)). */
export function befallsFileStep(fault: FaultKind, label: string): boolean {
  switch (fault) {
    case "emfile":
      return /^(open|create|truncate or create) /.test(label);
    case "enospc":
      return /^(write|open or create|create|truncate or create|make folder|rename|link) /.test(label);
    case "short":
    case "torn":
      return label.startsWith("write ");
    default:
      return true;
  }
}

const TURNS: { readonly [kind in FaultKind]?: number } = {
  kill: KIND.kill,
  restart: KIND.kill,
  pause: KIND.pause,
  wake: KIND.spurious,
  clock: KIND.jump,
};
