import type { Model, Step } from "../model.ts";
import { roleOf, ROBUST_NAMES } from "../vocabulary.ts";
import { mortal, type MortalState } from "./mortal.ts";

/**
 * A lock that survives the death of its holder, made of one that does not. The next one gets it and is told, or is refused by
 * OwnerDiedError; once it has said `markConsistent` all is as before. If it releases the lock without, the lock may be lost: from
 * then on everybody gets UnrecoverableError.
 */
export function robust<State>(
  model: Model<State>,
  holderOf: (state: State) => string | null,
): Model<MortalState<RobustState<State>>> {
  const { monitor: _, mortal: __, partition: ___, equal: ____, observes, hash, show, ...rest } = model;
  const alive: Model<RobustState<State>> = {
    ...rest,
    errors: [...(model.errors ?? []), "OwnerDiedError", "UnrecoverableError"],
    init: { lock: model.init, condition: "sound" },
    step(state, call): Step<RobustState<State>>[] {
      const { lock, condition } = state;
      if (condition === "lost") return [{ state, error: "UnrecoverableError" }];
      const holder = holderOf(lock);
      const role = roleOf(model.name, ROBUST_NAMES, call.operation);
      if (role === "repair" && holder === call.process) return [{ state: { lock, condition: "sound" } }];
      const steps = model
        .step(lock, call)
        .map((step): Step<RobustState<State>> => ({ ...step, state: { lock: step.state, condition } }));
      if (condition === "sound") return steps;
      if (role === "acquire" && holder === null) return [...steps, { state, error: "OwnerDiedError" }];
      if (role !== "release" || holder !== call.process) return steps;
      return steps.flatMap((step) =>
        holderOf(step.state.lock) !== null
          ? [step]
          : (["sound", "lost"] as const).map((left) => ({
              ...step,
              state: { lock: step.state.lock, condition: left },
            })),
      );
    },
    observes: (call, answer) =>
      answer.outcome === "threw" ||
      (roleOf(model.name, ROBUST_NAMES, call.operation) !== "repair" && observes?.(call, answer) === true),
    ...(show === undefined
      ? {}
      : { show: ({ lock, condition }) => (condition === "sound" ? show(lock) : `${show(lock)}, ${condition}`) }),
    ...(hash === undefined ? {} : { hash: ({ lock, condition }) => `${hash(lock)} ${condition}` }),
  };
  return mortal(alive, (state, process) =>
    holderOf(state.lock) === process ? { lock: model.init, condition: "orphaned" } : state,
  );
}

export interface RobustState<State> {
  readonly lock: State;
  /** `orphaned`: a holder died, and what the lock protects was not repaired since. `lost`: it was released so. */
  readonly condition: "sound" | "orphaned" | "lost";
}
