import { type Columns, NEVER } from "../columns.ts";
import type { Answer, Call, Model, Step } from "../model.ts";
import { canonical, sameValue } from "../values.ts";
import { callOf } from "./problem.ts";

/** Whether `step` explains the recorded answer. What never answered is explained by anything. */
export function explains(step: Step<unknown>, { outcome, result }: Answer): boolean {
  if (outcome === "pending") return true;
  if (outcome === "threw") return step.error !== undefined && String(result).includes(step.error);
  if (step.error !== undefined) return false;
  if ("result" in step && !sameValue(step.result, result)) return false;
  return step.accepts === undefined || step.accepts(result);
}

/**
 * Operations that a model cannot tell apart form a class: same operation, same arguments, same answer, and the same process
 * where the model looks at it. Members of a class are interchangeable.
 */
export interface Classes {
  /** The class of each operation. */
  readonly of: Int32Array;
  readonly list: readonly OperationClass[];
}

export interface OperationClass {
  readonly call: Call;
  readonly answer: Answer;
  readonly observer: boolean;
}

export function classesOf(columns: Columns, model: Model<any>): Classes {
  const { count, name, argumentCount, argument, result, threw, process, ret } = columns;
  const of = new Int32Array(count);
  const list: OperationClass[] = [];
  const known = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const answer = ret[index] === NEVER ? "p" : `${threw[index] === 1 ? "t" : "r"}${result[index]}`;
    const who = model.perProcess === true ? process[index] : "";
    const key = `${name[index]} ${argumentCount[index]} ${argument[index]} ${answer} ${who}`;
    let code = known.get(key);
    if (code === undefined) {
      const { call, answer: recorded } = callOf(columns, index, model);
      code = list.length;
      known.set(key, code);
      list.push({ call, answer: recorded, observer: model.observes?.(call, recorded) === true });
    }
    of[index] = code;
  }
  return { of, list };
}

/**
 * A model's steps over numbered states and classes of operations, remembered: `Knossos` does the same where the whole state
 * space is small; here it is filled in as it is walked, and forgets where it must.
 */
export class Transitions<State> {
  readonly #model: Model<State>;
  readonly #classes: readonly OperationClass[];
  #states: State[] = [];
  #ids = new Map<string | number, number | number[]>();
  #several: (readonly number[])[] = [];
  // A direct-mapped cache: (state, class) → next, overwritten on collision, so that its size stays what it is.
  readonly #shift: number;
  readonly #keys: Float64Array;
  readonly #nexts: Int32Array;

  constructor(model: Model<State>, classes: readonly OperationClass[]) {
    this.#model = model;
    this.#classes = classes;
    // A short history has few classes, and should not pay for a large cache.
    const bits = Math.min(CACHE_BITS_MAX, 4 + Math.ceil(Math.log2(classes.length + 1)));
    this.#shift = 32 - bits;
    this.#keys = new Float64Array(2 ** bits).fill(-1);
    this.#nexts = new Int32Array(2 ** bits);
    this.number(model.init);
  }

  /** How many states have numbers now. */
  get states(): number {
    return this.#states.length;
  }

  /** The number of `model.init` is 0. */
  number(state: State): number {
    const key = this.#model.hash === undefined ? canonical(state) : this.#model.hash(state);
    const known = this.#ids.get(key);
    const { equal } = this.#model;
    if (known === undefined) {
      this.#ids.set(key, this.#states.length);
      return this.#states.push(state) - 1;
    }
    if (typeof known === "number") {
      if (equal === undefined || equal(this.#states[known], state)) return known;
      this.#ids.set(key, [known, this.#states.length]);
      return this.#states.push(state) - 1;
    }
    const found = known.find((id) => equal!(this.#states[id], state));
    if (found !== undefined) return found;
    known.push(this.#states.length);
    return this.#states.push(state) - 1;
  }

  /** NONE if the operation cannot happen in the state, the next state, or a code below NONE for `several`. */
  next(state: number, code: number): number {
    const key = state * CLASSES_MAX + code;
    const slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b)) >>> this.#shift;
    if (this.#keys[slot] === key) return this.#nexts[slot];
    const next = this.#stepped(state, code);
    this.#keys[slot] = key;
    this.#nexts[slot] = next;
    return next;
  }

  several(next: number): readonly number[] {
    return this.#several[-2 - next];
  }

  /** Forgets all states but `kept`; the state that had number `kept[i]` then has number i. */
  keepOnly(kept: readonly number[]): void {
    const states = kept.map((id) => this.#states[id]);
    this.#states = [];
    this.#ids = new Map();
    this.#several = [];
    this.#keys.fill(-1);
    for (const state of states) this.number(state);
  }

  #stepped(state: number, code: number): number {
    const { call, answer, observer } = this.#classes[code];
    const nexts = new Set<number>();
    for (const step of this.#model.step(this.#states[state], call)) {
      if (explains(step, answer)) nexts.add(this.number(step.state));
    }
    if (nexts.size === 0) return NONE;
    if (observer && (nexts.size > 1 || !nexts.has(state))) {
      throw new TypeError(
        `The model "${this.#model.name}" calls "${call.operation}" an observer, but it changed the state. Let \`observes\` be true only for what never changes any state.`,
      );
    }
    const [first] = nexts;
    if (nexts.size === 1) return first;
    this.#several.push([...nexts]);
    return -1 - this.#several.length;
  }
}

export const NONE = -1;

const CACHE_BITS_MAX = 14;
/** Most classes that one history may have; a state's number times this stays exact in a double. */
const CLASSES_MAX = 2 ** 29;
