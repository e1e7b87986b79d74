import type { Model } from "../model.ts";
import { notFalse, ROBUST_NAMES, roleOf } from "../vocabulary.ts";
import { type DeathOption, looksOnly } from "./lock.ts";
import { robust } from "./robust.ts";

/**
 * A lock that its holder may acquire again; it is free when it has been released as often as acquired. What a death does is as
 * in `lockModel`.
 */
export function reentrantLockModel(options: DeathOption = {}): Model<ReentrantLockState> {
  const model: Model<ReentrantLockState> = {
    name: "reentrant-lock",
    init: { owner: null, depth: 0 },
    perProcess: true,
    errors: ["NotOwnerError", "OverReleaseError"],
    step(state, { operation, process }) {
      const mine = state.owner === process;
      const role = roleOf("reentrant-lock", ROBUST_NAMES, operation);
      if (role === "acquire") {
        if (state.owner !== null && !mine) return [{ state, result: false, refuses: true }];
        return [{ state: { owner: process, depth: state.depth + 1 }, accepts: notFalse }];
      }
      if (mine && role === "repair") return [{ state }];
      if (mine)
        return [{ state: state.depth === 1 ? { owner: null, depth: 0 } : { ...state, depth: state.depth - 1 } }];
      return [
        { state, error: "NotOwnerError" },
        { state, error: "OverReleaseError" },
      ];
    },
    show: ({ owner, depth }) => (owner === null ? "free" : `held by ${owner}${depth === 1 ? "" : `, ${depth} times`}`),
    observes: (call, answer) => looksOnly("reentrant-lock", call, answer),
    hash: ({ owner, depth }) => `${depth} ${owner ?? ""}`,
  };
  return options.death === "holds" ? model : { ...model, mortal: robust(model, ({ owner }) => owner) };
}

export interface ReentrantLockState {
  readonly owner: string | null;
  readonly depth: number;
}
