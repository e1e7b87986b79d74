import { conflict, type ExecutedStep, type Execution, type Executor, type Plan, type Step } from "./execution.ts";
import { HappensBefore } from "./happens-before.ts";
import { insert, isInitial, isWeakInitial, type Branch } from "./wakeup-tree.ts";

/**
 * Every interleaving once, up to swapping independent neighbours: Optimal-DPOR with sleep sets and wakeup trees (Abdulla,
 * Aronis, Jonsson and Sagonas, POPL 2014, algorithm 2). Each complete run is looked through for races; for each race a
 * sequence that turns it round is put into the tree of the place before it, and the search goes back to the deepest
 * place that has one left.
 *
 * Blocking: where a run ends with somebody blocked, the announced steps take part in the search for races as if they came
 * last, or the other half of a deadlock would never be seen.
 */
export async function explore(executor: Executor, options: ExploreOptions): Promise<Exploration> {
  const frames: Frame[] = [];
  const order = new HappensBefore();
  let executions = 0;
  let pruned = 0;
  let start: Frame = { sleep: [], tree: [], step: null };
  for (;;) {
    const plan = planFor(frames, start);
    const execution = await executor.execute(plan);
    checkFollowed(plan, execution);
    if (execution.pruned) pruned++;
    else executions++;
    if (options.visit(execution)) return { executions, pruned, complete: false };

    const kept = frames.length;
    order.cut(kept);
    for (const step of execution.steps.slice(kept)) {
      frames.push(frameOf(frames.length === kept ? start : behind(frames[frames.length - 1]), step));
      order.add(step);
    }
    if (options.examine?.(execution.steps, order, kept) === true) return { executions, pruned, complete: false };
    planReversals(frames, order, execution, kept);
    const next = goBack(frames);
    if (next === null) return { executions, pruned, complete: true };
    if (executions + pruned >= options.executionsMax || options.stopping?.() === true)
      return { executions, pruned, complete: false };
    start = next;
  }
}

export interface ExploreOptions {
  /** Gets each run; true ends the search. */
  readonly visit: (execution: Execution) => boolean;
  /** Gets each run's steps with their order, of which those from `from` on are new; true ends the search. */
  readonly examine?: (steps: readonly ExecutedStep[], order: HappensBefore, from: number) => boolean;
  readonly executionsMax: number;
  readonly stopping?: () => boolean;
}

export interface Exploration {
  /** Runs of which no two have the same partial order. */
  readonly executions: number;
  /** Runs that turned out to be like one that was there before; optimal means none. */
  readonly pruned: number;
  /** There is no interleaving that is not equivalent to one of the runs. */
  readonly complete: boolean;
}

/** The executor did not do what the plan said: the program is not a function of its schedule. */
export class PlanNotFollowedError extends Error {
  /** From 1. */
  readonly step: number;

  constructor(step: number) {
    super(`a run could not be led the way it went before: it differs at step ${step}`);
    this.step = step;
  }
}

/** A place in the run, and what is known there. */
interface Frame {
  readonly sleep: Sleeper[];
  /** What is yet to be explored from here; the first branch is being explored. */
  readonly tree: Branch[];
  /** The step taken here; null while it is yet to be taken. */
  readonly step: ExecutedStep | null;
  /** What it was thought to be when it was planned. */
  readonly planned?: Step;
}

/** A step with which everything has been explored that is reached by it from here. */
interface Sleeper {
  readonly step: Step;
  /** What it was thought to be when it was planned. */
  readonly planned: Step;
  /**
   * Behind a step that would have woken it, if one of the two had done all that it was planned for. So that plan need not have
   * been made, and what is planned behind it is not in vain only because it could begin with the sleeper.
   */
  readonly doubtful: boolean;
}

/** Along the frames, then along the leftmost branches. */
function planFor(frames: readonly Frame[], start: Frame): Plan {
  const guide = frames.map(({ step }) => (step as ExecutedStep).strand);
  for (let branch = start.tree.at(0); branch !== undefined; branch = branch.next.at(0)) guide.push(branch.step.strand);
  return { guide, asleep: start.sleep.map(({ step }) => step), asleepFrom: frames.length };
}

function frameOf({ sleep, tree }: Frame, step: ExecutedStep): Frame {
  const planned = tree.at(0)?.step ?? step;
  // What is planned from now on may go by what it did.
  if (tree.length > 0) tree[0] = { step, next: tree[0].next };
  return { sleep, tree: tree.length > 0 ? tree : [{ step, next: [] }], step, planned };
}

function behind({ sleep, tree, step, planned }: Frame): Frame {
  const still = stillAsleep(sleep, step as ExecutedStep).map((sleeper) =>
    conflict(sleeper.planned, planned as Step) ? { ...sleeper, doubtful: true } : sleeper,
  );
  return { sleep: still, tree: tree[0].next, step: null };
}

function stillAsleep(sleep: readonly Sleeper[], step: Step): Sleeper[] {
  return sleep.filter((sleeper) => !conflict(sleeper.step, step));
}

/** Races between steps of the kept part were dealt with after an earlier run. */
function planReversals(frames: readonly Frame[], order: HappensBefore, execution: Execution, kept: number): void {
  for (let later = kept; later < execution.steps.length; later++) {
    for (const earlier of order.racesOf(later)) reverse(frames[earlier], order, earlier, execution.steps[later]);
  }
  for (const step of execution.blocked) {
    for (const earlier of order.racesOfBlocked(step)) reverse(frames[earlier], order, earlier, step);
  }
}

function reverse(frame: Frame, order: HappensBefore, earlier: number, later: Step): void {
  const sequence: Step[] = order.notDependingOn(earlier);
  if (!sequence.includes(later)) sequence.push(mayDoMore(later));
  if (frame.sleep.some(({ step, doubtful }) => (doubtful ? isInitial(step, sequence) : isWeakInitial(step, sequence))))
    return;
  insert(frame.tree, sequence);
}

/** Taken earlier, the step may find something else: have an effect, end any operation that is under way, look who lives, or elsewhere. */
function mayDoMore(step: Step): Step {
  const more = {
    ...step,
    effectless: false,
    looks: true,
    ...(step.mayBeside === undefined ? {} : { beside: step.mayBeside }),
  };
  return step.span === undefined ? more : { ...more, span: { ...step.span, ends: step.span.inside } };
}

/** To the deepest place with a branch left: what was explored there is asleep from now on. Null if there is none. */
function goBack(frames: Frame[]): Frame | null {
  for (let frame = frames.pop(); frame !== undefined; frame = frames.pop()) {
    frame.sleep.push({ step: frame.step as Step, planned: frame.planned as Step, doubtful: false });
    frame.tree.shift();
    if (frame.tree.length > 0) return { sleep: frame.sleep, tree: frame.tree, step: null };
  }
  return null;
}

function checkFollowed({ guide, asleepFrom }: Plan, execution: Execution): void {
  // Who is to be taken behind that may have turned out to be asleep.
  const certain = execution.pruned ? Math.max(asleepFrom, execution.steps.length) : guide.length;
  for (const [index, strand] of guide.slice(0, certain).entries()) {
    if (execution.steps[index]?.strand !== strand) throw new PlanNotFollowedError(index + 1);
  }
}
