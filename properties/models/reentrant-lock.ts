import type { Model } from "../model.ts";
import { LOCK_NAMES, notFalse, roleOf } from "../vocabulary.ts";

/** A lock that its holder may acquire again; it is free when it has been released as often as acquired. */
export function reentrantLockModel(): Model<ReentrantLockState> {
  return {
    name: "reentrant-lock",
    init: { owner: null, depth: 0 },
    perProcess: true,
    errors: ["NotOwnerError", "OverReleaseError"],
    step(state, { operation, process }) {
      const mine = state.owner === process;
      if (roleOf("reentrant-lock", LOCK_NAMES, operation) === "acquire") {
        if (state.owner !== null && !mine) return [{ state, result: false, refuses: true }];
        return [{ state: { owner: process, depth: state.depth + 1 }, accepts: notFalse }];
      }
      if (mine)
        return [{ state: state.depth === 1 ? { owner: null, depth: 0 } : { ...state, depth: state.depth - 1 } }];
      return [
        { state, error: "NotOwnerError" },
        { state, error: "OverReleaseError" },
      ];
    },
    observes: ({ operation }, { outcome, result }) =>
      outcome === "threw" ||
      (outcome === "returned" && result === false && roleOf("reentrant-lock", LOCK_NAMES, operation) === "acquire"),
    show: ({ owner, depth }) => (owner === null ? "free" : `held by ${owner}${depth === 1 ? "" : `, ${depth} times`}`),
    hash: ({ owner, depth }) => `${depth} ${owner ?? ""}`,
  };
}

export interface ReentrantLockState {
  readonly owner: string | null;
  readonly depth: number;
}
