import { KIND } from "../engine/kinds.ts";
import { dependent, writes, type AnnouncedStep } from "../dependency.ts";
import { meetBeside } from "./asides.ts";
import { processOf } from "../strategies/strategy.ts";

/** What the exhaustive search works on: something that can execute a run along a plan and say what happened. */
export interface Executor {
  execute(plan: Plan): Promise<Execution>;
}

/** How a run is to go. */
export interface Plan {
  /** Strands, one for each step. After them the run goes on as the executor likes, but for those who are asleep. */
  readonly guide: readonly number[];
  /**
   * Steps that must not be taken until one that conflicts with it was: whatever begins with that step has been explored
   * already (sleep sets; Godefroid, 1996). The run ends where all who could move are asleep, or who is guided to.
   */
  readonly asleep: readonly Step[];
  /** How many of the guide's steps come before that. */
  readonly asleepFrom: number;
}

/** A complete run: nobody could move any more at its end, unless it was cut off. */
export interface Execution {
  readonly steps: readonly ExecutedStep[];
  /** Steps that were announced and never enabled again: who is blocked at the end. */
  readonly blocked: readonly Step[];
  /** It ended because all who could have moved were asleep: however it went on, it would be like one that was there before. */
  readonly pruned: boolean;
}

export interface Step extends AnnouncedStep {
  readonly strand: number;
  /** For which values of its object the step is enabled; null if for all. */
  readonly guard: ((value: number) => boolean) | null;
  /** It was taken, and others see nothing of it: a failed exchange, a wait for what was gone, a wake of nobody. */
  readonly effectless?: boolean;
  /** Of several words, what they hold while the step is not enabled: it is as soon as one of them holds something else. */
  readonly awaits?: readonly Awaited[];
  /** Behind the step its process looks whether another one lives. */
  readonly looks?: boolean;
  /** The operations that begin or end with the step, as far as their order matters. */
  readonly span?: Span;
  /** What it looks at and changes besides, as far as no other steps put that in order: see asides.ts. */
  readonly beside?: readonly Aside[];
  /** What it could be that it looks at and changes so, taken at another moment. */
  readonly mayBeside?: readonly Aside[];
}

/** A word that is looked at over and over, and what is found there. */
export interface Awaited {
  readonly object: number;
  /** Null if nothing can be said of it but that it may become another. */
  readonly value: number | null;
}

/** Bytes that a process looks at, or changes, without a step of their own: together with the step before. */
export interface Aside {
  readonly offset: number;
  readonly end: number;
  /** Of a word, the bits that matter to who looks. */
  readonly mask: number;
  readonly writes: boolean;
}

/** Of which objects operations begin, end, and are under way at a step; object 0 is the scenario itself. */
export interface Span {
  readonly begins: readonly number[];
  readonly ends: readonly number[];
  readonly inside: readonly number[];
}

export interface ExecutedStep extends Step {
  /** What its object held before. */
  readonly before: number;
  /** The step that woke this one's strand, which it therefore follows; -1 if none did. */
  readonly enabler: number;
  /** How often virtual time had gone on: it does so when nobody can move, so all that was before is ordered before. */
  readonly epoch: number;
  /** What its object holds behind it; undefined if the step does not tell, and then `before` is meaningless. */
  readonly after?: number;
  /** All that its process looked at and changed between this step and its next one. */
  readonly asides?: readonly Aside[];
}

/**
 * Taking the one before the other is different from the other way round: for what comes of it, or because an operation ends
 * with the one before another begins with the other, which a property may look at.
 */
export function conflict(a: Step, b: Step): boolean {
  if (processOf(a.strand) === processOf(b.strand)) return true;
  const matters = befalls(a) || befalls(b) ? faultMatters(a, b) : dependent(a, b) && !passUnseen(a, b);
  return matters || decideOrder(a.span, b.span) || meetBeside(a, b) || mayEnable(a, b) || mayEnable(b, a);
}

/**
 * Two that touch the same word, and as they went would have found and left the same the other way round. What is right in this
 * one state goes for all runs with the same partial order: whoever changes the word, or sleeps on it, stays in order with both.
 *
 * Not so a wake of nobody and a wait that did not fall asleep. What another process writes to the word makes that wait one
 * that does, and yet that wake has nothing to do with it, so the order of the three would hang on itself.
 */
function passUnseen(a: Step, b: Step): boolean {
  if (a.kind === KIND.wake || b.kind === KIND.wake) {
    return a.kind === b.kind && a.effectless === true && b.effectless === true;
  }
  if (a.kind === KIND.wait && b.kind === KIND.wait) return a.effectless === true || b.effectless === true;
  return !changesValue(a) && !changesValue(b);
}

function changesValue(step: Step): boolean {
  return step.effectless !== true && writes(step);
}

function mayEnable(step: Step, { awaits }: Step): boolean {
  return awaits !== undefined && awaits.some(({ object }) => changes(step, object));
}

/** The word may hold another value behind the step. */
export function changes(step: Step, object: number): boolean {
  return (
    step.effectless !== true && !befalls(step) && dependent(step, { kind: KIND.read, object, label: 0, byteLength: 0 })
  );
}

function befalls({ kind }: Step): boolean {
  return kind === KIND.kill || kind === KIND.spurious;
}

/**
 * A death matters to who looks whether somebody lives, and, since it wakes all who sleep, to whoever falls asleep, wakes or is
 * woken for no reason. That in turn matters to who wakes sleepers on the same word.
 */
function faultMatters(a: Step, b: Step): boolean {
  if (befalls(a) && befalls(b)) return a.kind === KIND.kill || b.kind === KIND.kill;
  const [fault, other] = befalls(a) ? [a, b] : [b, a];
  if (fault.kind === KIND.spurious) return other.kind === KIND.wake && other.object === fault.object;
  return other.kind === KIND.wait || other.kind === KIND.wake || other.looks === true;
}

function decideOrder(a: Span | undefined, b: Span | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return share(a.begins, b.ends) || share(a.ends, b.begins);
}

/** Operations of the scenario may have to do with those of any object. */
function share(begins: readonly number[], ends: readonly number[]): boolean {
  if (begins.length === 0 || ends.length === 0) return false;
  return begins.includes(0) || ends.includes(0) || begins.some((object) => ends.includes(object));
}
