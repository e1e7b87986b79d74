import { type Columns, eventsOf, NEVER } from "../columns.ts";
import type { Model } from "../model.ts";
import { Configurations } from "./configurations.ts";
import { inPhases, relevantTo } from "./problem.ts";
import { type Classes, classesOf, NONE, Transitions } from "./transitions.ts";
import { type Budget, CONFIGURATIONS_MAX, KEPT_MAX, type Undecided } from "./verdict.ts";

/**
 * Just-in-time linearization (Lowe, "Testing for linearizability", 2017): it walks through the events and keeps the frontier,
 * all configurations (state of the object, pending operations that have taken effect) that explain what has been answered
 * so far. An operation takes effect only when a response forces something. When a response leaves the frontier empty,
 * the history up to there is the shortest that nothing explains. Memory depends on how much is concurrent, not on
 * the length of the history.
 *
 * Three reductions make no difference to the verdict (each is an exchange argument):
 * - An *observer* takes effect as soon as it can: it changes nothing for anybody else.
 * - *Symmetry*: of pending operations that the model cannot tell apart the one that returns first goes first.
 * - *Crash dominance*: an operation that never returns is optional, so a configuration that has used fewer of these
 *   can do whatever one with the same state that has used more of them can.
 */
export function frontierCheck<State>(history: Columns, model: Model<State>, budget: Budget = {}): FrontierVerdict {
  const columns = inPhases(relevantTo(history, model), model);
  const search = new Search(columns, model, budget);
  return search.run();
}

export type FrontierVerdict =
  | { readonly verdict: "holds"; readonly explored: number; readonly peak: number }
  /** `id`: identifier of the operation whose response nothing explains. */
  | { readonly verdict: "violated"; readonly id: number; readonly explored: number; readonly peak: number }
  | Undecided;

class Search<State> {
  readonly #columns: Columns;
  readonly #budget: Budget;
  readonly #classes: Classes;
  readonly #transitions: Transitions<State>;
  readonly #observer: Uint8Array;
  // Live operations: those that return. Each has a slot, a bit of the mask, while it is open.
  readonly #slotOf: Int32Array;
  readonly #words: number;
  /** Pending live operations that may change the state, by their return; and those that only observe. */
  readonly #movers: number[] = [];
  readonly #observers: number[] = [];
  // Crashed operations: counted by class, since members of a class are interchangeable.
  readonly #crashedClass: Int32Array;
  readonly #crashedCodes: number[] = [];
  readonly #available: Int32Array;
  readonly #width: number;
  #frontier: Configurations;
  #next: Configurations;
  readonly #seen: Configurations;
  readonly #row: Int32Array;
  readonly #levels: number[][] = [[]];
  /** For each class, the last configuration in which it was seen; saves clearing a set of classes each time. */
  readonly #mark: Int32Array;
  #marks = 0;
  #explored = 0;
  #peak = 1;

  constructor(columns: Columns, model: Model<State>, budget: Budget) {
    this.#columns = columns;
    this.#budget = budget;
    this.#classes = classesOf(columns, model);
    this.#transitions = new Transitions(model, this.#classes.list);
    this.#observer = Uint8Array.from(this.#classes.list, ({ observer }) => Number(observer));
    this.#mark = new Int32Array(this.#classes.list.length);
    this.#crashedClass = new Int32Array(this.#classes.list.length).fill(-1);
    for (let index = 0; index < columns.count; index += 1) {
      const code = this.#classes.of[index];
      if (columns.ret[index] !== NEVER || this.#observer[code] === 1 || this.#crashedClass[code] >= 0) continue;
      this.#crashedClass[code] = this.#crashedCodes.push(code) - 1;
    }
    this.#available = new Int32Array(this.#crashedCodes.length);
    this.#slotOf = new Int32Array(columns.count);
    const slots = slotsOf(columns, this.#slotOf);
    this.#words = (slots + 31) >>> 5;
    this.#width = 1 + this.#words + this.#crashedCodes.length;
    this.#frontier = new Configurations(this.#words, this.#crashedCodes.length);
    this.#next = new Configurations(this.#words, this.#crashedCodes.length);
    this.#seen = new Configurations(this.#words, this.#crashedCodes.length);
    this.#row = new Int32Array(this.#width);
    this.#frontier.add(this.#row, 0);
  }

  run(): FrontierVerdict {
    const line = eventsOf(this.#columns);
    let explained = 0;
    for (const event of line) {
      if (event >= 0) {
        this.#invoke(event);
        continue;
      }
      const limit = this.#respond(~event);
      if (limit !== null) return this.#undecided(limit, explained);
      if (this.#frontier.count === 0) {
        return { verdict: "violated", id: this.#columns.id[~event], explored: this.#explored, peak: this.#peak };
      }
      explained += 1;
      if (this.#transitions.states > STATES_KEPT && this.#transitions.states > 4 * this.#frontier.count) this.#forget();
    }
    return { verdict: "holds", explored: this.#explored, peak: this.#peak };
  }

  #invoke(operation: number): void {
    const code = this.#classes.of[operation];
    if (this.#columns.ret[operation] === NEVER) {
      const crashed = this.#crashedClass[code];
      if (crashed >= 0) this.#available[crashed] += 1;
      return;
    }
    if (this.#observer[code] === 0) {
      const { ret } = this.#columns;
      let at = this.#movers.length;
      while (at > 0 && ret[this.#movers[at - 1]] > ret[operation]) at -= 1;
      this.#movers.splice(at, 0, operation);
      return;
    }
    this.#observers.push(operation);
    const { rows, count } = this.#frontier;
    const slot = this.#slotOf[operation];
    const before = this.#next;
    before.clear();
    // The mask is part of a row's key, so that the rows that observe are entered anew.
    for (let at = 0; at < count; at += 1) {
      const start = at * this.#width;
      this.#row.set(rows.subarray(start, start + this.#width));
      if (this.#transitions.next(this.#row[0], code) !== NONE) this.#row[1 + (slot >>> 5)] |= 1 << (slot & 31);
      before.add(this.#row, 0);
    }
    this.#swap();
  }

  /** Keeps what explains that `operation` has returned; the name of a limit if one was reached. */
  #respond(operation: number): string | null {
    const slot = this.#slotOf[operation];
    const word = 1 + (slot >>> 5);
    const bit = 1 << (slot & 31);
    const { rows, count } = this.#frontier;
    this.#next.clear();
    this.#seen.clear();
    for (let at = 0; at < count; at += 1) {
      const start = at * this.#width;
      if ((rows[start + word] & bit) !== 0) continue;
      if (this.#seen.add(rows, start)) this.#at(this.#usedBy(rows, start)).push(this.#seen.count - 1);
    }
    // Rows in which it has already taken effect; they are entered level by level, to keep the order of `used`.
    const done: number[] = [];
    for (let at = 0; at < count; at += 1) if ((rows[at * this.#width + word] & bit) !== 0) done.push(at);
    const byUse = this.#crashedCodes.length > 0 && done.length > 1;
    if (byUse) done.sort((a, b) => this.#usedBy(rows, a * this.#width) - this.#usedBy(rows, b * this.#width));
    let entered = 0;
    for (let level = 0; level < this.#levels.length || entered < done.length; level += 1) {
      while (entered < done.length && this.#usedBy(rows, done[entered] * this.#width) <= level) {
        const start = done[entered] * this.#width;
        this.#row.set(rows.subarray(start, start + this.#width));
        this.#row[word] &= ~bit;
        this.#next.add(this.#row, 0);
        entered += 1;
      }
      const open = this.#levels[level];
      if (open === undefined) continue;
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        this.#explored += 1;
        const limit = this.#limitReached();
        if (limit !== null) return limit;
        this.#explore(at, level, word, bit);
      }
    }
    const list = this.#observer[this.#classes.of[operation]] === 1 ? this.#observers : this.#movers;
    list.splice(list.indexOf(operation), 1);
    this.#swap();
    if (this.#frontier.count > this.#peak) this.#peak = this.#frontier.count;
    return null;
  }

  /** Lets everything that may go next in row `at` of `seen` take effect. */
  #explore(at: number, level: number, word: number, bit: number): void {
    const start = at * this.#width;
    const state = this.#seen.rows[start];
    this.#marks += 1;
    for (const mover of this.#movers) {
      const slot = this.#slotOf[mover];
      if ((this.#seen.rows[start + 1 + (slot >>> 5)] & (1 << (slot & 31))) !== 0) continue;
      const code = this.#classes.of[mover];
      if (this.#mark[code] === this.#marks) continue;
      this.#mark[code] = this.#marks;
      const next = this.#transitions.next(state, code);
      if (next === NONE) continue;
      for (const to of next >= 0 ? [next] : this.#transitions.several(next)) {
        this.#row.set(this.#seen.rows.subarray(start, start + this.#width));
        this.#row[1 + (slot >>> 5)] |= 1 << (slot & 31);
        this.#enter(to, level, word, bit);
      }
    }
    for (let crashed = 0; crashed < this.#crashedCodes.length; crashed += 1) {
      const column = 1 + this.#words + crashed;
      if (this.#seen.rows[start + column] >= this.#available[crashed]) continue;
      const next = this.#transitions.next(state, this.#crashedCodes[crashed]);
      if (next === NONE || next === state) continue;
      for (const to of next >= 0 ? [next] : this.#transitions.several(next)) {
        this.#row.set(this.#seen.rows.subarray(start, start + this.#width));
        this.#row[column] += 1;
        this.#enter(to, level + 1, word, bit);
      }
    }
  }

  /** Puts the row at hand, with its new state, where it belongs: explained, or to be explored further. */
  #enter(state: number, level: number, word: number, bit: number): void {
    const row = this.#row;
    row[0] = state;
    for (const observer of this.#observers) {
      const slot = this.#slotOf[observer];
      const at = 1 + (slot >>> 5);
      if ((row[at] & (1 << (slot & 31))) !== 0) continue;
      if (this.#transitions.next(state, this.#classes.of[observer]) !== NONE) row[at] |= 1 << (slot & 31);
    }
    if ((row[word] & bit) === 0) {
      if (this.#seen.add(row, 0)) this.#at(level).push(this.#seen.count - 1);
      return;
    }
    row[word] &= ~bit;
    this.#next.add(row, 0);
  }

  #usedBy(rows: Int32Array, start: number): number {
    let used = 0;
    for (let at = 1 + this.#words; at < this.#width; at += 1) used += rows[start + at];
    return used;
  }

  #at(level: number): number[] {
    while (this.#levels.length <= level) this.#levels.push([]);
    return this.#levels[level];
  }

  #swap(): void {
    const frontier = this.#frontier;
    this.#frontier = this.#next;
    this.#next = frontier;
  }

  #limitReached(): string | null {
    const { configurationsMax = CONFIGURATIONS_MAX, keptMax = KEPT_MAX, expired } = this.#budget;
    if (this.#explored > configurationsMax) return `configurationsMax (${configurationsMax})`;
    if (this.#seen.count + this.#next.count > keptMax) return `keptMax (${keptMax})`;
    if (expired !== undefined && this.#explored % 1024 === 0 && expired()) return "the time that was given";
    return null;
  }

  #undecided(limit: string, explained: number): Undecided {
    const { ret } = this.#columns;
    const responses = ret.reduce((sum, position) => sum + Number(position !== NEVER), 0);
    return { verdict: "undecided", by: "frontier", reason: `the search reached ${limit}`, explained, responses };
  }

  /** States that no configuration is in any more are forgotten, so that a long history needs no more than a short one. */
  #forget(): void {
    const numbers = new Map<number, number>();
    const { rows, count } = this.#frontier;
    this.#next.clear();
    for (let at = 0; at < count; at += 1) {
      const start = at * this.#width;
      const state = rows[start];
      if (!numbers.has(state)) numbers.set(state, numbers.size);
      this.#row.set(rows.subarray(start, start + this.#width));
      this.#row[0] = numbers.get(state)!;
      this.#next.add(this.#row, 0);
    }
    this.#transitions.keepOnly([...numbers.keys()]);
    this.#swap();
  }
}

/** Above this many, states that are no longer in use are forgotten. */
const STATES_KEPT = 20_000;

/** Gives each live operation the lowest slot that is free while it is open; how many slots that takes. */
function slotsOf(columns: Columns, slotOf: Int32Array): number {
  const free: number[] = [];
  let slots = 0;
  for (const event of eventsOf(columns)) {
    if (event < 0) free.push(slotOf[~event]);
    else if (columns.ret[event] !== NEVER) {
      slotOf[event] = free.pop() ?? slots;
      if (slotOf[event] === slots) slots += 1;
    }
  }
  return slots;
}
