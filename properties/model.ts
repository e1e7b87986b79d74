import type { Monitor } from "./monitors/monitor.ts";

/**
 * A sequential model: what an object would answer if its operations were called one after the other. Checkers ask it for
 * the answers that it allows and compare them with those that were recorded.
 *
 * @example
 * const light: Model<boolean> = {
 *   name: "light",
 *   init: false,
 *   step: (on, { operation }) =>
 *     operation === "toggle" ? [{ state: !on }] : [{ state: on, result: on }], // otherwise it is "isOn"
 *   observes: ({ operation }) => operation === "isOn",
 * };
 */
export interface Model<State> {
  /** In lower case with hyphens; it names the model in messages and on the command line. */
  readonly name: string;
  readonly init: State;
  /**
   * All that may happen when `call` is carried out in `state`: none if it has to wait (it cannot happen in this state), one
   * if the object is deterministic, several if it may choose. It must not change `state`.
   */
  step(state: State, call: Call): readonly Step<State>[];
  /**
   * True for an operation that, with this answer, leaves the state as it is in **every** state in which it can happen: a
   * read, a refused try, a failed compare-and-set. An operation that merely happens to keep the present state (writing
   * the current value) is none. Checking is exponentially faster for it; a checker that sees an observer change the
   * state throws.
   */
  observes?(call: Call, answer: Answer): boolean;
  /** The states that count as one have the same key. Default: a canonical spelling of the state. */
  hash?(state: State): string | number;
  /** Whether two states of the same `hash` are one. Default: always. */
  equal?(a: State, b: State): boolean;
  /** A state as a report tells it: "free", "held by p1". Default: a canonical spelling. */
  show?(state: State): string;
  /** The part of the object that `call` touches, if the object is a product of independent parts: the key of a map. */
  partition?(call: Call): string | number;
  /** True if `step` looks at `call.process`. Only then are equal calls of two processes different. */
  readonly perProcess?: boolean;
  /**
   * The beginnings of the errors that are answers of the object ("QueueEmpty"). An operation that threw one of these must
   * match a step with that `error`; one that threw anything else may or may not have taken effect, at any later time.
   */
  readonly errors?: readonly string[];
  /** Names of operations that the model leaves alone: they are not looked at. */
  readonly ignores?: readonly string[];
  /**
   * Operations that take effect in several steps between their invocation and their return: a barrier's `wait` arrives and
   * leaves. `step` is then called with these names instead, in this order.
   */
  readonly phases?: Readonly<Record<string, readonly string[]>>;
  /** A specialised checker for this kind of object. */
  readonly monitor?: Monitor;
  /**
   * The same object where processes may die, for histories in which some did: see `mortal`. Without it a death does nothing to
   * the object.
   */
  readonly mortal?: Model<any>;
}

/** A call, as the model sees it. */
export interface Call {
  readonly operation: string;
  readonly args: readonly unknown[];
  /** Who called; the empty string unless the model is `perProcess`. */
  readonly process: string;
}

/** What was recorded as the answer to a call. */
export interface Answer {
  readonly outcome: "returned" | "threw" | "pending";
  readonly result: unknown;
}

/** One thing that may happen. Without `result`, `accepts` and `error` any value may be returned. */
export interface Step<State> {
  readonly state: State;
  /** Exactly this value is returned; undefined and null are the same. */
  readonly result?: unknown;
  /** A value for which this is true is returned. */
  readonly accepts?: (result: unknown) => boolean;
  /** An error whose text contains this is thrown. */
  readonly error?: string;
  /**
   * This is how an operation ends that would have to wait and does not care to: a try, a time-out. One that may wait for
   * ever is right to, as long as nothing but refusals can happen to it.
   */
  readonly refuses?: boolean;
}

/**
 * An operation that a model does not know. The message names the model, the operation, and what the model does know.
 */
export class UnknownOperationError extends TypeError {
  constructor(model: string, operation: string, known: readonly string[]) {
    super(
      `The model "${model}" has no operation "${operation}". Name the model of the object that has it, rename the operation, or list it in the model's \`ignores\`. It knows: ${known.join(", ")}.`,
    );
    this.name = "UnknownOperationError";
  }
}
