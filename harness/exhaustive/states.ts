import { createHash } from "node:crypto";
import type { ExecutedStep } from "./execution.ts";
import { HappensBefore } from "./happens-before.ts";

/**
 * Names for where a run stands before each of its steps. Two beginnings of runs of one program have the same name if one becomes
 * the other by swapping independent neighbours; then all that can come after them is the same, too.
 *
 * What is named is a set of steps, each with all that comes before it for a reason, so a sum of their digests will do.
 */
export class States {
  /** Before each step, and behind the last one. */
  readonly names: readonly string[];
  /** Of each step with its past. */
  readonly steps: readonly string[];
  readonly #executed: readonly ExecutedStep[];
  readonly #sums: readonly bigint[];
  readonly #order = new HappensBefore();

  constructor(executed: readonly ExecutedStep[]) {
    const sums = [0n];
    const steps: string[] = [];
    for (const [index, step] of executed.entries()) {
      this.#order.add(step);
      const digest = digestOf(this.#order.pastOf(index));
      steps.push(digest.toString(36));
      sums.push(BigInt.asUintN(64, sums[index] + digest));
    }
    this.#executed = executed;
    this.#sums = sums;
    this.names = sums.map((sum) => sum.toString(36));
    this.steps = steps;
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
    const digest = digestOf(this.#order.pastOf(index));
    return { step: digest.toString(36), state: BigInt.asUintN(64, this.#sums[index] + digest).toString(36) };
  }
}

function digestOf(text: string): bigint {
  return createHash("sha1").update(text).digest().readBigUInt64LE();
}
