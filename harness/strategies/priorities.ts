import { PLACES, STRANDS_MAX } from "./state-places.ts";
import { STRANDS_PER_PROCESS, type Choice } from "./strategy.ts";

/** A priority for each strand, for the strategies that let the highest go first. 0 means that it has none yet. */
export function forgetPriorities(choice: Choice): void {
  choice.state.fill(0, PRIORITIES, PRIORITIES + choice.places * STRANDS_PER_PROCESS);
}

export function priorityOf(choice: Choice, strand: number): number {
  return choice.state[PRIORITIES + strand];
}

export function setPriority(choice: Choice, strand: number, priority: number): void {
  choice.state[PRIORITIES + strand] = priority;
}

/** In (0, 1]. */
export function drawPriority(choice: Choice, strand: number): void {
  setPriority(choice, strand, 1 - choice.random());
}

/** The candidate with the highest priority. */
export function highest(choice: Choice): number {
  let first = 0;
  for (let index = 1; index < choice.count; index++) {
    if (priorityOf(choice, choice.strand(index)) > priorityOf(choice, choice.strand(first))) first = index;
  }
  return first;
}

/** First place of the state that a strategy with priorities has to itself. */
export const BEHIND_PRIORITIES = PLACES.own + STRANDS_MAX;

const PRIORITIES = PLACES.own;
