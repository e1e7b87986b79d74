/** What an exhaustive search is bounded by: at most so many preemptions, or delays; Infinity for no bound. */
export interface Bound {
  readonly of: "preemptions" | "delays";
  readonly most: number;
}
