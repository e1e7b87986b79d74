import { FILE_FAULTS, type Fault, type FaultKind } from "../fault.ts";
import type { FaultPlace } from "../shrink/subject.ts";
import { befallsFileStep, faultAt, faultsOfNamedStep } from "./fault-table.ts";
import { labelText } from "./footprints.ts";
import { isFault, isStep, KIND } from "./kinds.ts";
import { ENTRY, F, FAULT, H, T, type LaneMemory } from "./lane-memory.ts";
import { entryAt, strandOfEntry } from "./recorder.ts";
import type { Scheduler } from "./scheduler.ts";

/** Reads what faults did in the run that has just ended, and what others could have done in it. */
export class FaultRecording {
  readonly #memory: LaneMemory;
  readonly #scheduler: Scheduler;

  constructor(memory: LaneMemory, scheduler: Scheduler) {
    this.#memory = memory;
    this.#scheduler = scheduler;
  }

  /** The faults that struck, keyed so that they strike again where the program is still the same. */
  struck(): Fault[] {
    const { words } = this.#memory;
    const faults: Fault[] = [];
    for (let number = 0; number < words[H.faults]; number++) {
      const at = faultAt(number);
      if (words[at + F.state] !== FAULT.struck) continue;
      const strand = words[at + F.strand];
      const fingerprint = words[at + F.fingerprint];
      faults.push({
        kind: this.#scheduler.faults.kind(number),
        strand,
        fingerprint,
        occurrence: 1 + this.#timesBefore(words[at + F.entry], strand, fingerprint),
        ms: this.#scheduler.faults.ms(number),
      });
    }
    return faults;
  }

  /** Where in the trace they are. */
  entries(): { readonly kind: FaultKind; readonly ms: number; readonly step: number }[] {
    const { words } = this.#memory;
    const { faults } = this.#scheduler;
    return Array.from({ length: words[H.faults] }, (_, number) => number)
      .filter((number) => words[faultAt(number) + F.state] === FAULT.struck)
      .map((number) => ({ kind: faults.kind(number), ms: faults.ms(number), step: words[faultAt(number) + F.entry] }));
  }

  /** Every step at which a fault of this kind could have struck, also those that a strand slept before and never took. */
  places(kind: FaultKind): FaultPlace[] {
    const { words } = this.#memory;
    const taken = new Map<string, number>();
    const places: FaultPlace[] = [];
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      const step = words[entry + T.kind];
      if (!isStep(step) || isFault(step)) continue;
      const strand = strandOfEntry(this.#memory, entry);
      const fingerprint = this.fingerprintAt(entry);
      const occurrence = (taken.get(`${strand}:${fingerprint}`) ?? 0) + 1;
      taken.set(`${strand}:${fingerprint}`, occurrence);
      if (kind !== "wake" && befalls(kind, this.#memory, entry))
        places.push({ strand, fingerprint, occurrence, step: number, asleep: false });
      if ((words[entry + T.flags] & ENTRY.fellAsleep) === 0 || FILE_FAULTS.includes(kind) || kind === "cut") continue;
      const resume = this.#scheduler.fingerprintOf(KIND.resume, words[entry + T.object], 0);
      const resumed = taken.get(`${strand}:${resume}`) ?? 0;
      places.push({ strand, fingerprint: resume, occurrence: resumed + 1, step: number, asleep: true });
    }
    return places;
  }

  /** Each time that a strand fell asleep, and the step that a fault has to befall to wake it up there. */
  asleep(): FaultPlace[] {
    const { words } = this.#memory;
    const taken = new Map<string, number>();
    const places: FaultPlace[] = [];
    for (let number = 1; number <= words[H.entries]; number++) {
      const entry = entryAt(number);
      const step = words[entry + T.kind];
      if (!isStep(step) || isFault(step)) continue;
      const strand = strandOfEntry(this.#memory, entry);
      const key = `${strand}:${this.fingerprintAt(entry)}`;
      taken.set(key, (taken.get(key) ?? 0) + 1);
      if ((words[entry + T.flags] & ENTRY.fellAsleep) === 0) continue;
      const fingerprint = this.#scheduler.fingerprintOf(KIND.resume, words[entry + T.object], 0);
      const occurrence = (taken.get(`${strand}:${fingerprint}`) ?? 0) + 1;
      places.push({ strand, fingerprint, occurrence, step: number, asleep: true });
    }
    return places;
  }

  /** What a fault does is fingerprinted by itself, whatever step it takes the place of. */
  fingerprintAt(entry: number): number {
    const { words } = this.#memory;
    const kind = words[entry + T.kind];
    if (isFault(kind)) return this.#scheduler.fingerprintOf(kind, 0, 0);
    return this.#scheduler.fingerprintOf(kind, words[entry + T.object], words[entry + T.label]);
  }

  /** What the trace says of a fault: what it did, and what its process was about to do. */
  text(step: number, kind: number, about: string): { label: string; detail: string } {
    switch (kind) {
      case KIND.kill:
        return { label: "killed", detail: `before: ${about}` };
      case KIND.pause:
        return { label: `stands still for ${this.#msAt(step)} ms`, detail: `before: ${about}` };
      case KIND.jump:
        return { label: `the wall clock jumps by ${this.#msAt(step)} ms`, detail: "" };
      case KIND.spurious:
        return { label: "wakes up for no reason", detail: "" };
      default:
        return { label: "begins anew", detail: "" };
    }
  }

  #msAt(step: number): number {
    const { words } = this.#memory;
    for (let number = 0; number < words[H.faults]; number++) {
      if (words[faultAt(number) + F.entry] === step) return this.#scheduler.faults.ms(number);
    }
    return 0;
  }

  /** How many of the strand's steps with this fingerprint come before an entry. */
  #timesBefore(last: number, strand: number, fingerprint: number): number {
    let times = 0;
    for (let number = 1; number < last; number++) {
      const entry = entryAt(number);
      if (strandOfEntry(this.#memory, entry) === strand && this.fingerprintAt(entry) === fingerprint) times++;
    }
    return times;
  }
}

function befalls(kind: FaultKind, memory: LaneMemory, entry: number): boolean {
  const { words } = memory;
  if (kind === "cut") return words[entry + T.kind] === KIND.copy && words[entry + T.label] === 2;
  if (!FILE_FAULTS.includes(kind)) return true;
  if (words[entry + T.kind] === KIND.file) return befallsFileStep(kind, labelText(memory, words[entry + T.label]));
  const names = words[entry + T.kind] === KIND.step && words[entry + T.object] < 0;
  return names && faultsOfNamedStep(words[entry + T.byteLength] === 2).includes(kind);
}
