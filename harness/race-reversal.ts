import type { Execution, ExecutedStep, Step } from "./exhaustive/execution.ts";
import { HappensBefore } from "./exhaustive/happens-before.ts";

/** A race of a run, and the way to a run that is the same as far as it can be but for this race. */
export interface Reversal {
  /** Position of the step that came first, in the run's steps. */
  readonly first: number;
  /** Position of the one that came second; -1 if it was announced and never taken. */
  readonly second: number;
  /** What identifies the two in any run: see `stepName`. */
  readonly firstName: string;
  readonly secondName: string;
  /** Strands, one for each step. Where the program goes another way than before, they no longer all fit. */
  readonly guide: readonly number[];
}

/**
 * All races of a run, each with a guide that takes the second step before the first: what is before both stays, what the
 * second needs of the steps in between comes next, then the second, then the first, then the rest as it was. Up to there
 * no other pair of dependent steps changes its order, because nothing that the second needs depends on the first.
 *
 * A race is as in dynamic partial-order reduction (Flanagan and Godefroid, POPL 2005): two dependent steps of which
 * nothing in between orders the one before the other. The last races come first.
 */
export function reversalsOf(execution: Execution): Reversal[] {
  const { steps, blocked } = execution;
  const order = new HappensBefore();
  for (const step of steps) order.add(step);
  const names = stepNames(steps);
  const strands = steps.map(({ strand }) => strand);
  const reversals: Reversal[] = [];
  const reverse = (first: number, second: number, step: Step, needs: (index: number) => boolean): void => {
    const end = second < 0 ? steps.length : second;
    const between = range(first + 1, end);
    const guide = [
      ...strands.slice(0, first),
      ...between.filter(needs).map((index) => strands[index]),
      step.strand,
      strands[first],
      ...between.filter((index) => !needs(index)).map((index) => strands[index]),
      ...strands.slice(end + 1),
    ];
    const secondName = second < 0 ? nextName(steps, step) : names[second];
    reversals.push({ first, second, firstName: names[first], secondName, guide });
  };
  for (const step of blocked) {
    const own = steps.findLastIndex(({ strand }) => strand === step.strand);
    for (const first of order.racesOfBlocked(step)) {
      reverse(first, -1, step, (index) => own >= 0 && (index === own || order.before(index, own)));
    }
  }
  for (let second = steps.length - 1; second >= 0; second--) {
    const own = previousOf(steps, second);
    for (const first of order.racesOf(second)) {
      reverse(first, second, steps[second], (index) => own >= 0 && (index === own || order.before(index, own)));
    }
  }
  return reversals;
}

/**
 * How far two runs are from each other: steps that only one of them has, and pairs of dependent steps that come the other
 * way round.
 */
export function distanceBetween(one: readonly ExecutedStep[], other: readonly ExecutedStep[]): number {
  const inOther = new Map(stepNames(other).map((name, position) => [name, position]));
  const common = stepNames(one).map((name) => inOther.get(name) ?? -1);
  const shared = common.filter((position) => position >= 0).length;
  let distance = one.length + other.length - 2 * shared;
  const order = new HappensBefore();
  for (const step of one) order.add(step);
  for (const [second, then] of common.entries()) {
    if (then < 0) continue;
    for (const first of order.racesOf(second)) if (common[first] > then) distance++;
  }
  return distance;
}

/** What identifies each step in any run: the how-many-th of its strand it is, and what it does. */
export function stepNames(steps: readonly Step[]): string[] {
  const counts = new Map<number, number>();
  return steps.map((step) => {
    const count = (counts.get(step.strand) ?? 0) + 1;
    counts.set(step.strand, count);
    return nameOf(step, count);
  });
}

function nextName(steps: readonly Step[], next: Step): string {
  return nameOf(next, steps.filter(({ strand }) => strand === next.strand).length + 1);
}

function nameOf({ strand, kind, object }: Step, count: number): string {
  return `${strand}.${count}: ${kind} ${object}`;
}

function previousOf(steps: readonly ExecutedStep[], index: number): number {
  for (let earlier = index - 1; earlier >= 0; earlier--)
    if (steps[earlier].strand === steps[index].strand) return earlier;
  return -1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
