import type { Arbitrary } from "fast-check";
import { generated, shrunk, type Generated } from "../harness/arbitrary.ts";
import { dataText } from "../harness/data-text.ts";
import type { InputSize, InputSpace, Representative } from "../harness/input-space.ts";
import { fits, numbered, type CallChoice, type Program, type ProgramCall, type ProgramSize } from "./program.ts";

/**
 * All programs of these calls by their size, with the arguments that 100 draws of each and what these shrink to come to.
 *
 * A program stands for others in two ways. Its processes play the same role, so that one program stands for all that differ in who
 * does what, if that is so (`alike`). And whoever begins with a prefix does what he would do if the others came late, and whoever
 * ends with a suffix what he would do if he waited for them of his own accord: so the program whose first process does prefix, own
 * calls and suffix in one go has each of these runs, as one with the same history, unless a process that waits for a limited time
 * runs out of it while the others are kept waiting. To hold still before the suffix may cost one preemption, which the program with
 * the suffix saves; a prefix saves none. Where a process waits for ever, so that a suffix is not reached, the run is one of a
 * smaller program.
 */
export class ProgramSpace implements InputSpace<Program> {
  readonly #choices: readonly CallChoice[];
  readonly #size: ProgramSize;
  readonly #alike: boolean;
  #calls: readonly ProgramCall[] | null | undefined;

  constructor(choices: readonly CallChoice[], size: ProgramSize, alike: boolean) {
    this.#choices = choices;
    this.#size = size;
    this.#alike = alike;
  }

  sizeOf({ prefix, parallel, suffix }: Program): InputSize {
    return { processes: parallel.length, operations: prefix.length + parallel.flat().length + suffix.length };
  }

  count(size: InputSize): number {
    const calls = this.#allCalls();
    if (calls === null) return Infinity;
    return this.#shapes(size).reduce((sum, shape) => sum + this.#programsOf(shape, calls.length), 0);
  }

  *standingFor(size: InputSize): Iterable<Representative<Program>> {
    const calls = this.#allCalls();
    if (calls === null) return;
    for (const lengths of this.#shapes(size)) {
      for (const numbers of this.#numbers(lengths, calls.length)) {
        const processes = numbers.map((number, at) => spelled(number, lengths[at], calls));
        yield {
          input: numbered({ prefix: [], parallel: processes, suffix: [] }),
          alike: this.#alike ? alikeIn(numbers, lengths) : [],
          inputs: (timed) => this.#inputs(processes, timed),
        };
      }
    }
  }

  *smaller({ prefix, parallel, suffix }: Program): Iterable<Program> {
    if (parallel.length === 1) {
      const calls = [...prefix, ...parallel[0], ...suffix];
      for (const at of calls.length > 1 ? calls.keys() : []) yield this.#made(alone(without(calls, at)));
      return;
    }
    for (const process of parallel.keys()) yield this.#made({ prefix, parallel: without(parallel, process), suffix });
    for (const at of prefix.keys()) yield this.#made({ prefix: without(prefix, at), parallel, suffix });
    for (const at of suffix.keys()) yield this.#made({ prefix, parallel, suffix: without(suffix, at) });
    for (const [process, calls] of parallel.entries()) {
      for (const at of calls.length > 1 ? calls.keys() : [])
        yield this.#made({ prefix, parallel: parallel.with(process, without(calls, at)), suffix });
    }
  }

  /** With numbers as the program has them when it is made, and of a single process all calls in one part. */
  #made({ prefix, parallel, suffix }: Program): Program {
    const open = (calls: readonly ProgramCall[]): ProgramCall[] =>
      calls.map((call) => this.#allCalls()?.find((pattern) => fits(call, pattern)) ?? call);
    const [first] = parallel;
    const program = parallel.length > 1 ? { prefix, parallel, suffix } : alone([...prefix, ...first, ...suffix]);
    return numbered({
      prefix: open(program.prefix),
      parallel: program.parallel.map(open),
      suffix: open(program.suffix),
    });
  }

  /** How many calls each process makes, in all ways that there are; of processes that are alike the longest comes first. */
  #shapes({ processes, operations }: InputSize): number[][] {
    const { processesMax, callsMax, prefixMax, suffixMax } = this.#size;
    const aloneMax = prefixMax + processesMax * callsMax + suffixMax;
    if (processes === 1) return operations >= 1 && operations <= aloneMax ? [[operations]] : [];
    if (processes > processesMax) return [];
    const shapes: number[][] = [];
    const extend = (lengths: readonly number[], left: number): void => {
      if (lengths.length === processes) {
        if (left === 0) shapes.push([...lengths]);
        return;
      }
      const most = lengths.length === 0 ? prefixMax + callsMax + suffixMax : callsMax;
      const last = this.#alike ? (lengths.at(-1) ?? Infinity) : Infinity;
      for (let next = Math.min(most, left, last); next >= 1; next--) extend([...lengths, next], left - next);
    };
    extend([], operations);
    return shapes;
  }

  #programsOf(lengths: readonly number[], calls: number): number {
    if (!this.#alike) return lengths.reduce((product, length) => product * calls ** length, 1);
    let product = 1;
    for (const length of new Set(lengths)) {
      // So many of these calls in any order, where the same may come again.
      const equal = lengths.filter((other) => other === length).length;
      for (let at = 0; at < equal; at++) product *= (calls ** length + at) / (at + 1);
    }
    return Math.round(product);
  }

  /** What each process calls, as a number whose digits are calls; of processes that are alike and call as often the lowest first. */
  *#numbers(lengths: readonly number[], calls: number, before: readonly number[] = []): Iterable<number[]> {
    const at = before.length;
    if (at === lengths.length) return yield [...before];
    const least = this.#alike && at > 0 && lengths[at] === lengths[at - 1] ? before[at - 1] : 0;
    for (let number = least; number < calls ** lengths[at]; number++) {
      yield* this.#numbers(lengths, calls, [...before, number]);
    }
  }

  *#inputs(processes: readonly (readonly ProgramCall[])[], timed: boolean): Iterable<Program> {
    if (processes.length === 1) return yield numbered(alone(processes[0]));
    const { callsMax, prefixMax, suffixMax } = this.#size;
    for (let first = 0; first < (this.#alike ? processes.length : 1); first++) {
      const own = processes[first];
      if (processes.findIndex((calls) => dataText(calls) === dataText(own)) < first) continue;
      const others = processes.filter((_, at) => at !== first);
      if (others.some(({ length }) => length > callsMax)) continue;
      for (let suffix = 0; suffix <= Math.min(suffixMax, own.length - 1); suffix++) {
        const least = Math.max(0, own.length - suffix - callsMax);
        const most = timed ? Math.min(prefixMax, own.length - suffix - 1) : Math.min(least, prefixMax);
        for (let prefix = least; prefix <= most; prefix++) {
          // Without either it makes no difference who is the first.
          if (first > 0 && prefix === 0 && suffix === 0) continue;
          const end = own.length - suffix;
          yield numbered({
            prefix: own.slice(0, prefix),
            parallel: [own.slice(prefix, end), ...others],
            suffix: own.slice(end),
          });
        }
      }
    }
  }

  /** Null if the arguments have more values than can be gone through. */
  #allCalls(): readonly ProgramCall[] | null {
    if (this.#calls === undefined) {
      const lists = this.#choices.map(({ operation, args }) => callsOf(operation, args));
      this.#calls = lists.includes(null) ? null : (lists as ProgramCall[][]).flat();
    }
    return this.#calls;
  }
}

function alone(calls: readonly ProgramCall[]): Program {
  return { prefix: [], parallel: [calls], suffix: [] };
}

function without<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, index) => index !== at);
}

/** The processes that call the same, in groups. */
function alikeIn(numbers: readonly number[], lengths: readonly number[]): number[][] {
  const groups = new Map<string, number[]>();
  for (const [process, number] of numbers.entries()) {
    const key = `${lengths[process]}/${number}`;
    groups.set(key, [...(groups.get(key) ?? []), process]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

const DRAWS = 100;
const VALUES_MAX = 12;
const CALLS_MAX = 24;

function callsOf(operation: string, args: readonly Arbitrary<unknown>[]): ProgramCall[] | null {
  let calls: ProgramCall[] = [[operation]];
  for (const arbitrary of args) {
    const values = valuesOf(arbitrary);
    if (values === null) return null;
    calls = calls.flatMap((call) => values.map((value): ProgramCall => [...call, value]));
    if (calls.length > CALLS_MAX) return null;
  }
  return calls;
}

/** The values that an argument is seen to have, the smallest first; null if they are too many. */
function valuesOf(arbitrary: Arbitrary<unknown>): unknown[] | null {
  const found = new Map<string, Generated<unknown>>();
  const queue = Array.from({ length: DRAWS }, (_, draw) => generated(arbitrary, draw));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const text = dataText(next.value);
    if (found.has(text)) continue;
    if (found.size >= VALUES_MAX) return null;
    found.set(text, next);
    queue.push(...shrunk(arbitrary, next, VALUES_MAX + 1));
  }
  const sized = [...found].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  return sized.map(([, { value }]) => value);
}

function spelled(number: number, length: number, calls: readonly ProgramCall[]): ProgramCall[] {
  const spelling: ProgramCall[] = [];
  for (let rest = number; spelling.length < length; rest = Math.floor(rest / calls.length)) {
    spelling.push(calls[rest % calls.length]);
  }
  return spelling;
}
