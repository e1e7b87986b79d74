import type { Call, Model, Step } from "../model.ts";

/**
 * What the death of a process is called, where a model is told of it: an operation of the process that died, which may take
 * effect at any time from its death on, since others need a while to notice, and has taken effect when all is over.
 */
export const DEATH = "death";

/**
 * The same object where processes may die: `died` says what becomes of it at the death of a process. What a process had called
 * and not finished happened before its death took effect, or not at all.
 *
 * @example
 * const owned: Model<string | null> = {
 *   name: "owned",
 *   init: null,
 *   perProcess: true,
 *   step: (owner, { process }) => (owner === null ? [{ state: process }] : []),
 * };
 * const inherited = mortal(owned, (owner, process) => (owner === process ? null : owner));
 */
export function mortal<State>(
  model: Model<State>,
  died: (state: State, process: string) => State,
): Model<MortalState<State>> {
  const { monitor: _, mortal: __, partition: ___, hash, equal, show, ...rest } = model;
  return {
    ...rest,
    perProcess: true,
    init: { state: model.init, dead: [] },
    step({ state, dead }, call): Step<MortalState<State>>[] {
      const { operation, process } = call;
      if (operation === DEATH) return [{ state: { state: died(state, process), dead: [...dead, process].sort() } }];
      if (dead.includes(process)) return [];
      const own: Call = model.perProcess === true ? call : { ...call, process: "" };
      return model.step(state, own).map((step) => ({ ...step, state: { state: step.state, dead } }));
    },
    observes: (call, answer) => call.operation !== DEATH && model.observes?.(call, answer) === true,
    ...(hash === undefined ? {} : { hash: ({ state, dead }) => `${hash(state)} ${dead.join(" ")}` }),
    ...(show === undefined
      ? {}
      : { show: ({ state, dead }) => [show(state), ...dead.map((process) => `${process} dead`)].join(", ") }),
    ...(equal === undefined ? {} : { equal: (a, b) => equal(a.state, b.state) }),
  };
}

export interface MortalState<State> {
  readonly state: State;
  /** Those whose death has taken effect. */
  readonly dead: readonly string[];
}
