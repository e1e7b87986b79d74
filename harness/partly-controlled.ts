/** Runs that depend on something which no schedule orders. */
export interface PartlyControlled {
  /** What they used: "sockets", "native addons". */
  readonly used: readonly string[];
  /** So many replays of the reported failure failed in the same way, each of them; 0 without a failure. */
  readonly confirmedBy: number;
  /** Violations that did not come again in each of their replays: no failures, but worth a look. */
  readonly unconfirmed: readonly Unconfirmed[];
  /**
   * Of the runs that held, so many were done again. So many of these were not the same, step for step; and in so many others each
   * step was the same, and a server's reply was not.
   */
  readonly redone: { readonly runs: number; readonly differing: number; readonly otherReplies: number };
}

export interface Unconfirmed {
  readonly property: string;
  readonly message: string;
  readonly replays: number;
  /** Of these. */
  readonly failed: number;
}

/** What several parts of one check came to; nothing if all of it was under control. */
export function mergedPartlyControlled(parts: readonly PartlyControlled[]): {
  readonly partlyControlled?: PartlyControlled;
} {
  const used = [...new Set(parts.flatMap((part) => part.used))];
  if (used.length === 0) return {};
  return {
    partlyControlled: {
      used,
      confirmedBy: Math.max(...parts.map((part) => part.confirmedBy)),
      unconfirmed: parts.flatMap((part) => part.unconfirmed),
      redone: {
        runs: parts.reduce((sum, { redone }) => sum + redone.runs, 0),
        differing: parts.reduce((sum, { redone }) => sum + redone.differing, 0),
        otherReplies: parts.reduce((sum, { redone }) => sum + redone.otherReplies, 0),
      },
    },
  };
}
