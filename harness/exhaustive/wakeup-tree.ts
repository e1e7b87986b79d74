import { conflict, type Step } from "./execution.ts";

/**
 * Sequences that are yet to be explored from one place, as a tree: branches share their beginnings, the leftmost is next.
 * From Optimal-DPOR (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014, definition 6.1): what is in the tree is never
 * redundant, so no run of the search is in vain.
 */
export interface Branch {
  readonly step: Step;
  readonly next: Branch[];
}

/** Puts a sequence into the tree, unless a branch of it leads to the same already. */
export function insert(tree: Branch[], sequence: readonly Step[]): void {
  let children = tree;
  let rest = sequence;
  for (;;) {
    const match = children.find(({ step }) => isWeakInitial(step, rest));
    if (match === undefined) break;
    // From a leaf on everything will be explored.
    if (match.next.length === 0) return;
    rest = without(rest, match.step.strand);
    children = match.next;
  }
  let at = children;
  for (const step of rest) {
    const branch: Branch = { step, next: [] };
    at.push(branch);
    at = branch.next;
  }
}

/** The sequence leads to the same as one that begins with the step. */
export function isInitial(step: Step, sequence: readonly Step[]): boolean {
  return sequence.some(({ strand }) => strand === step.strand) && isWeakInitial(step, sequence);
}

/** The sequence, perhaps with the step put in front, leads to the same as one that begins with the step. */
export function isWeakInitial(step: Step, sequence: readonly Step[]): boolean {
  for (const other of sequence) {
    if (other.strand === step.strand) return true;
    if (conflict(other, step)) return false;
  }
  return true;
}

function without(sequence: readonly Step[], strand: number): Step[] {
  const at = sequence.findIndex((step) => step.strand === strand);
  return sequence.filter((_, index) => index !== at);
}
