import { KIND } from "../engine/kinds.ts";
import { writes } from "../dependency.ts";
import { processOf } from "../strategies/strategy.ts";
import type { Aside, ExecutedStep, Step } from "./execution.ts";
import type { HappensBefore } from "./happens-before.ts";

/**
 * Accesses without a step of their own. Code behind a lock may look at a word without saying so, because the lock's steps
 * say it all: who looked before and who wrote after is decided by who had the lock first. Where nothing decides it, two
 * steps that are called independent are not, and a search that leaves out one of their orders may leave out a behaviour.
 *
 * So each run of a search is looked through for such pairs. As long as there is none, the relation that the search goes by
 * is right: the first pair that an interleaving could have would also be in the run that stands for its beginning. Where
 * there is one, the search begins anew with a relation that knows of these bytes.
 */
export function undecided(steps: readonly ExecutedStep[], order: HappensBefore, from: number): Aside[] {
  const found: Aside[] = [];
  for (const [index, { asides, strand }] of steps.entries()) {
    if (asides === undefined) continue;
    const own = processOf(strand);
    for (const [other, step] of steps.entries()) {
      if (Math.max(index, other) < from || processOf(step.strand) === own) continue;
      const meetings = asides.map((one) => meeting(one, step, other > index)).filter((one) => one !== null);
      if (meetings.length === 0) continue;
      if (!order.before(Math.min(index, other), Math.max(index, other))) found.push(...meetings);
    }
  }
  return found;
}

/** The bytes that both touch, one of the two changing them; null if there are none. */
function meeting(one: Aside, step: ExecutedStep, withAsides: boolean): Aside | null {
  if (reaches(step, one) && (one.writes || changes(step, one.mask)))
    return { ...one, offset: Math.max(one.offset, step.object), end: Math.min(one.end, endOf(step)) };
  const other = withAsides ? step.asides?.find((aside) => meet(one, aside)) : undefined;
  if (other === undefined) return null;
  const writing = one.writes || other.writes;
  return {
    offset: Math.max(one.offset, other.offset),
    end: Math.min(one.end, other.end),
    mask: one.mask | other.mask,
    writes: writing,
  };
}

/** One of the two steps looks at, or changes, what the other one changes, without a step that would say so. */
export function meetBeside(a: Step, b: Step): boolean {
  if (a.beside === undefined && b.beside === undefined) return false;
  return (
    a.beside?.some((one) => reaches(b, one) && (one.writes || writes(b))) === true ||
    b.beside?.some((one) => reaches(a, one) && (one.writes || writes(a))) === true ||
    a.beside?.some((one) => b.beside?.some((other) => meet(one, other))) === true
  );
}

/** Of a step's accesses, those to bytes that no steps put in order. */
export function besideOf(asides: readonly Aside[], known: readonly Aside[]): readonly Aside[] {
  return asides.filter((one) => known.some((other) => one.offset < other.end && other.offset < one.end));
}

/** True if there is something among `found` that `known` did not have yet; then it has. */
export function learn(known: Aside[], found: readonly Aside[]): boolean {
  const before = known.length;
  for (const one of found) {
    const covered = known.some(
      (other) => other.offset <= one.offset && one.end <= other.end && (other.writes || !one.writes),
    );
    if (!covered) known.push(one);
  }
  return known.length > before;
}

function meet(one: Aside, other: Aside): boolean {
  return (one.writes || other.writes) && one.offset < other.end && other.offset < one.end;
}

/** A step on the memory's bytes, some of which are these. */
function reaches(step: Step, { offset, end }: Aside): boolean {
  return step.object > 0 && ON_MEMORY.has(step.kind) && step.object < end && offset < endOf(step);
}

/** A step that writes what was there changes nothing for who looks. */
function changes(step: ExecutedStep, mask: number): boolean {
  if (!writes(step)) return false;
  return step.kind === KIND.copy || step.after === undefined || ((step.before ^ step.after) & mask) !== 0;
}

function endOf(step: Step): number {
  return step.object + (step.kind === KIND.copy ? step.byteLength : BYTES_PER_WORD);
}

/** A longer word's first half stands for all of it. */
const BYTES_PER_WORD = 4;

const ON_MEMORY: ReadonlySet<number> = new Set([KIND.read, KIND.write, KIND.update, KIND.wait, KIND.copy]);
