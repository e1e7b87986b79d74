import type { ExecutedStep } from "./execution.ts";
import { digestWith, HappensBefore, numberOf, type Digest } from "./happens-before.ts";

/**
 * Names for where a run stands before each of its steps. Two beginnings of runs of one program have the same name if one becomes
 * the other by swapping independent neighbours; then all that can come after them is the same, too.
 */
export class States {
  /** Before each step, and behind the last one. */
  readonly names: readonly string[];
  /** Of each step with its past. */
  readonly steps: readonly string[];
  readonly #executed: readonly ExecutedStep[];
  readonly #digests: readonly Digest[];
  readonly #order = new HappensBefore();

  constructor(executed: readonly ExecutedStep[]) {
    for (const step of executed) this.#order.add(step);
    this.#executed = executed;
    this.#digests = this.#order.digests();
    this.names = this.#digests.map(nameOf);
    this.steps = executed.map((_, index) => nameOf(this.#order.digestOf(index)));
  }

  /**
   * What the state would be if this strand took the step at `index` which it takes only later, or never; null if never.
   * Call it for the last step first: it forgets what comes after.
   */
  behind(index: number, strand: number): { readonly step: string; readonly state: string } | null {
    const later = this.#executed.findIndex((step, at) => at >= index && step.strand === strand);
    if (later < 0) return null;
    if (later === index) return { step: this.steps[index], state: this.names[index + 1] };
    this.#order.cut(index);
    this.#order.add({ ...this.#executed[later], epoch: this.#executed[index].epoch });
    const digest = this.#order.digestOf(index);
    return { step: nameOf(digest), state: nameOf(digestWith(this.#digests[index], digest)) };
  }
}

function nameOf(digest: Digest): string {
  return numberOf(digest).toString(36);
}
