import { KIND } from "./engine/kinds.ts";

/**
 * Finds data races on plain shared bytes: two copies by different processes that overlap, one of them into shared memory, and
 * no synchronisation puts the one before the other. What such a copy brings out is not defined on a real machine, whatever it
 * was under control, where steps are taken one at a time; so a data race is a violation by itself.
 *
 * The order is that of the ECMAScript memory model (section 29): each process's own, and from the write of a word to whoever
 * reads what was written; an atomic update that changes nothing is a look, and publishes nothing. Whoever is woken comes
 * after whoever woke. Time, the end of a sleep and the luck of the schedule put nothing in order.
 *
 * Steps of the user's count as synchronisation by what they say they touch, and steps on files all together, so that an
 * order by a message or a file is not taken for a race.
 *
 * One vector clock for each process, each word and each copy that is still of interest, as in FastTrack (Flanagan and
 * Freund, PLDI 2009).
 */
export class DataRaceDetector {
  readonly #clocks: Clock[];
  readonly #words = new Map<number, Clock>();
  readonly #wakes = new Map<number, Clock>();
  #copies: Copy[] = [];

  constructor(processes: number) {
    const all = Array.from({ length: processes }, (_, process) => process);
    this.#clocks = all.map((process) => all.map((other) => (other === process ? 1 : 0)));
  }

  /** @returns the step that this one races with, by its number; 0 if there is none */
  add(step: RecordedStep): number {
    const clock = this.#clocks[step.process];
    switch (step.kind) {
      case KIND.copy:
        return this.#copy(step, clock);
      case KIND.read:
      case KIND.wait:
        acquire(clock, this.#words.get(step.object));
        return 0;
      case KIND.write:
        this.#words.set(step.object, [...clock]);
        clock[step.process]++;
        return 0;
      case KIND.update:
        acquire(clock, this.#words.get(step.object));
        if (!step.wrote) return 0;
        this.#words.set(step.object, [...clock]);
        clock[step.process]++;
        return 0;
      case KIND.wake:
        this.#release(this.#wakes, step);
        return 0;
      case KIND.resume:
        acquire(clock, this.#wakes.get(step.object));
        return 0;
      case KIND.step:
        acquire(clock, this.#words.get(step.object));
        if (step.wrote) this.#release(this.#words, step);
        return 0;
      case KIND.file:
      case KIND.socket:
      case KIND.message:
      case KIND.receive:
      case KIND.start:
        acquire(clock, this.#words.get(0));
        this.#release(this.#words, { ...step, object: 0 });
        return 0;
      default:
        return 0;
    }
  }

  /** The process has noticed that the other one is dead: all that it did came before. */
  outlive(process: number, dead: number): void {
    acquire(this.#clocks[process], this.#clocks[dead]);
  }

  #release(clocks: Map<number, Clock>, { process, object }: RecordedStep): void {
    const clock = this.#clocks[process];
    const released = [...clock];
    acquire(released, clocks.get(object));
    clocks.set(object, released);
    clock[process]++;
  }

  #copy({ number, process, object, byteLength, wrote }: RecordedStep, clock: Clock): number {
    const copy = { number, process, start: object, end: object + byteLength, writes: wrote, at: clock[process] };
    let race = 0;
    this.#copies = this.#copies.filter((earlier) => {
      if (earlier.start >= copy.end || copy.start >= earlier.end) return true;
      const ordered = earlier.process === process || earlier.at <= clock[earlier.process];
      if (!ordered && (earlier.writes || wrote)) race = earlier.number;
      // Whoever races with the earlier copy races with this one, too, if it is ordered behind it and reaches as far.
      const covered = copy.start <= earlier.start && earlier.end <= copy.end;
      return !(ordered && covered && (wrote || (!earlier.writes && earlier.process === process)));
    });
    this.#copies.push(copy);
    return race;
  }
}

/** The two copies, by their entries in the trace. */
export interface DataRace {
  readonly first: number;
  readonly second: number;
}

/** A step of a run as the trace has it. */
export interface RecordedStep {
  /** Of the trace entry, from 1. */
  readonly number: number;
  readonly process: number;
  readonly kind: number;
  /** Offset of the word or of the first byte; negative for the name of an outside thing, 0 for any. */
  readonly object: number;
  readonly byteLength: number;
  /** An update wrote the word, a step of the user's may have written; a copy went into shared memory. */
  readonly wrote: boolean;
}

/** By process, how much of what it did is known: it counts on each time that it publishes. */
type Clock = number[];

interface Copy {
  readonly number: number;
  readonly process: number;
  readonly start: number;
  readonly end: number;
  readonly writes: boolean;
  /** The process's own count at the copy: it is in the past of whoever knows more. */
  readonly at: number;
}

function acquire(clock: Clock, other: Clock | undefined): void {
  if (other === undefined) return;
  for (let process = 0; process < clock.length; process++) {
    if (other[process] > clock[process]) clock[process] = other[process];
  }
}
