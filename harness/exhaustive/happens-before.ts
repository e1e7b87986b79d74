import { KIND } from "../engine/kinds.ts";
import { changes, conflict, type Awaited, type ExecutedStep, type Step } from "./execution.ts";

/**
 * The partial order behind a run: what came before what for a reason. A step follows its strand's step before it, every
 * earlier step that it conflicts with, whoever woke it, and everything that was before virtual time went on.
 *
 * Kept as one vector clock for each step, extended and cut as the search goes forward and back.
 */
export class HappensBefore {
  readonly #steps: ExecutedStep[] = [];
  /** For each step and strand, the last step of that strand which comes before it or is it, counted from 1. */
  readonly #clocks: Clock[] = [];
  readonly #previous: number[] = [];

  get length(): number {
    return this.#steps.length;
  }

  cut(length: number): void {
    this.#steps.length = length;
    this.#clocks.length = length;
    this.#previous.length = length;
  }

  add(step: ExecutedStep): void {
    const own = this.#steps.length;
    const previous = this.#lastOf(step.strand);
    const clock: Clock = previous < 0 ? new Map() : new Map(this.#clocks[previous]);
    for (let index = own - 1; index >= 0; index--) {
      const other = this.#steps[index];
      if ((clock.get(other.strand) ?? 0) > index) continue;
      if (other.epoch < step.epoch || index === step.enabler || conflict(other, step)) join(clock, this.#clocks[index]);
    }
    clock.set(step.strand, own + 1);
    this.#steps.push(step);
    this.#clocks.push(clock);
    this.#previous.push(previous);
  }

  /** Whether step `first` comes before step `second` in every run with the same partial order. */
  before(first: number, second: number): boolean {
    return (this.#clocks[second].get(this.#steps[first].strand) ?? 0) > first;
  }

  /**
   * The steps that race with step `index`: each conflicts with it, could have come right after it, and is the last of its
   * kind. `blocked` asks the same for a step that was announced and never taken, as if it came now.
   *
   * A lock's acquire races with the acquire before it, not with the release between them, after which alone it is enabled:
   * a step that leaves the guard closed before it cannot be overtaken, so it is looked through (Abdulla, Aronis, Jonsson
   * and Sagonas, JACM 2017, section 9 on blocking operations). Of a step that awaits one of several words, each of which others
   * may change independently of each other, the guard is looked up in what would have been there.
   */
  racesOf(index: number): number[] {
    const { epoch, enabler } = this.#steps[index];
    return this.#races(this.#steps[index], index, this.#previous[index], epoch, enabler);
  }

  racesOfBlocked(step: Step): number[] {
    return this.#races(step, this.#steps.length, this.#lastOf(step.strand), 0, -1);
  }

  /** The steps after `index` that do not depend on it, in order. */
  notDependingOn(index: number): ExecutedStep[] {
    const rest: ExecutedStep[] = [];
    for (let later = index + 1; later < this.#steps.length; later++) {
      if (!this.before(index, later)) rest.push(this.#steps[later]);
    }
    return rest;
  }

  /** Two runs have the same text exactly if they have the same partial order. */
  text(): string {
    const names = this.#names();
    return this.#steps
      .map((_, index) => this.#past(index, names))
      .sort()
      .join("\n");
  }

  #past(index: number, names: readonly number[]): string {
    const known = [...this.#clocks[index]].map(([strand, last]) => `${strand}.${names[last - 1]}`).sort();
    return `${this.#steps[index].strand}.${names[index]}:${known.join(",")}`;
  }

  /** Of each step, which one of its strand it is, from 1. */
  #names(): number[] {
    const numbers = new Map<number, number>();
    return this.#steps.map(({ strand }) => {
      const number = (numbers.get(strand) ?? 0) + 1;
      numbers.set(strand, number);
      return number;
    });
  }

  /** Of a step with all that comes before it for a reason: the same in all runs in which the same steps do. */
  digestOf(index: number, names = this.#names()): Digest {
    const { strand } = this.#steps[index];
    let [low, high] = [strand, ~strand];
    for (const [other, last] of this.#clocks[index]) {
      low = (low + mix(other, names[last - 1])) | 0;
      high = (high + mix(~other, names[last - 1])) | 0;
    }
    return { low: mix(low, strand), high: mix(high, strand) };
  }

  /**
   * For each number of first steps, from none to all, what these steps share with those of another run if they have the same partial
   * order, and so lead to the same state. They are a set of steps, each with its past, so a sum will do.
   */
  digests(): Digest[] {
    const names = this.#names();
    const digests: Digest[] = [{ low: 0, high: 0 }];
    for (const index of this.#steps.keys()) digests.push(digestWith(digests[index], this.digestOf(index, names)));
    return digests;
  }

  #races(step: Step, index: number, previous: number, epoch: number, enabler: number): number[] {
    const races: number[] = [];
    const seen: Clock = previous < 0 ? new Map() : new Map(this.#clocks[previous]);
    for (let earlier = index - 1; earlier >= 0; earlier--) {
      const other = this.#steps[earlier];
      // Time has gone on since, which it does only when nobody can move: nothing from before can come after.
      if (other.epoch < epoch) break;
      // Who is woken cannot go on before it is, also where the two conflict: a death wakes who then looks who lives.
      if (earlier === enabler) {
        join(seen, this.#clocks[earlier]);
        continue;
      }
      if ((seen.get(other.strand) ?? 0) > earlier || !conflict(other, step)) continue;
      if (!this.#enabledWithout(earlier, step, index)) continue;
      races.push(earlier);
      join(seen, this.#clocks[earlier]);
    }
    return races;
  }

  /** Whether the step would be enabled before step `earlier`, and all that depends on that one. */
  #enabledWithout(earlier: number, { guard, object, awaits }: Step, index: number): boolean {
    // A word that nobody has touched is as it was when the step was taken, or when it could not be.
    const untouched = index < this.#steps.length;
    if (guard !== null) {
      const value = this.#valueWithout(earlier, object, index);
      if (value === undefined ? !untouched : !guard(value)) return false;
    }
    return awaits === undefined || awaits.some((word) => this.#isAnother(word, earlier, index));
  }

  /** What nobody tells may be another value. */
  #isAnother({ object, value }: Awaited, earlier: number, index: number): boolean {
    if (this.#steps.some((step, at) => at < index && !tells(step, object) && changes(step, object))) return true;
    const without = this.#valueWithout(earlier, object, index);
    return without !== undefined && without !== value;
  }

  /** What the word would hold before step `index` then; undefined if no step tells what it holds. */
  #valueWithout(earlier: number, object: number, index: number): number | undefined {
    let first: number | undefined;
    for (let at = index - 1; at >= 0; at--) {
      const other = this.#steps[at];
      if (!tells(other, object)) continue;
      if (at !== earlier && !this.before(earlier, at)) return other.after;
      first = other.before;
    }
    return first;
  }

  #lastOf(strand: number): number {
    return this.#steps.findLastIndex((other) => other.strand === strand);
  }
}

/** Who wakes others, goes on or gives up at a word is silent on what it holds. */
function tells(step: ExecutedStep, object: number): boolean {
  return step.object === object && step.after !== undefined && step.kind !== KIND.wake;
}

/** Two numbers of 32 bits. */
export interface Digest {
  readonly low: number;
  readonly high: number;
}

/** What `digest` stands for, and one step more. */
export function digestWith(digest: Digest, step: Digest): Digest {
  return { low: (digest.low + step.low) | 0, high: (digest.high + step.high) | 0 };
}

/** The 53 bits of it that a number has room for. */
export function numberOf({ low, high }: Digest): number {
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0);
}

function mix(hash: number, word: number): number {
  let z = Math.imul(hash ^ Math.imul(word, 0x85ebca6b), 0x9e3779b1);
  z = Math.imul(z ^ (z >>> 15), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}

type Clock = Map<number, number>;

function join(clock: Clock, other: Clock): void {
  for (const [strand, last] of other) {
    if ((clock.get(strand) ?? 0) < last) clock.set(strand, last);
  }
}
