import type { Arbitrary } from "fast-check";
import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import type { FaultKind } from "../harness/fault.ts";
import { scenario, times, type RoleContext, type Scenario } from "../harness/scenario.ts";
import { Word } from "../primitives/memory/word.ts";
import { type Consistency, linearizability } from "./linearizability.ts";
import type { Budget } from "./linearizability/verdict.ts";
import type { Model } from "./model.ts";
import { noNeedlessWait } from "./no-needless-wait.ts";
import { ProgramSpace } from "./program-space.ts";
import { type CallChoice, type Program, type ProgramCall, type ProgramSize, programs } from "./program.ts";

/**
 * Declares a scenario that holds an object against a sequential model: it generates parallel programs of the object's
 * operations, runs them in real processes, and checks that some order of the calls explains every answer, and that nobody
 * waits for ever for what the model would grant. Program and schedule shrink together.
 *
 * It is a scenario like any other: `check`, `assert`, `forkcheck run`, tokens and regression files work with it. As every
 * process imports the module, it belongs at the top level, with `import.meta.url` as its first argument.
 *
 * An operation is the method of that name, with one arbitrary for each argument; or says with `call` what it does. What it
 * returns, or what the promise resolves to, is its answer. An error is an answer where the model lists it in `errors`; any
 * other ends the process, which violates `no-uncaught-error`.
 *
 * Source: the form is that of Lincheck (Koval, Fedorov, Sokolova, Tsitelov, Alistarh, CAV 2023): a sequential prefix, a
 * parallel part, a sequential suffix.
 *
 * @throws {TypeError} an operation is neither a list of arbitraries nor `{ args, weight, call }`; or none is given
 * @throws {RangeError} a size or weight is no whole number of its range
 *
 * @example
 * export const orders = linearizable(import.meta.url, {
 *   create: () => new Queue(2),
 *   operations: { put: [unique], tryGet: [] },
 *   model: queueModel(2),
 * });
 */
export function linearizable<Made extends object>(
  moduleUrl: string,
  options: LinearizableOptions<Made>,
): Scenario<Program, Shared<Made>> {
  const operations = operationsOf(options);
  const size = sizeOf(options);
  const { model, consistency = "linearizable", budget = {} } = options;
  const key = options.object ?? "object";
  const answers = [...(model.errors ?? []), ...(model.mortal?.errors ?? [])];
  const perform = async (made: Made, [name, ...args]: ProgramCall, process: RoleContext<Program>): Promise<void> => {
    try {
      await process.operation(name, args, () => operations.get(name)!.call(made, args, process));
    } catch (error) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      if (!answers.some((known) => text.includes(known))) throw error;
    }
  };
  return scenario<Program, Shared<Made>>(moduleUrl, {
    ...(options.name === undefined ? {} : { name: options.name }),
    description: options.description ?? `generated programs of a ${model.name}'s operations`,
    input: programs([...operations.values()], size),
    ...(consistency === "linearizable"
      ? { space: new ProgramSpace([...operations.values()], size, areAlike(options)) }
      : {}),
    ...(options.examples === undefined ? {} : { examples: options.examples }),
    shared: ({ prefix, suffix }) => ({
      [key]: options.create(),
      ...(prefix.length === 0 ? {} : { begin: Word.allocate("begin") }),
      ...(suffix.length === 0 ? {} : { ended: Word.allocate("ended") }),
    }),
    processes: ({ parallel }) => times(parallel.length, "process"),
    roles: {
      async process(shared, process) {
        const made = shared[key] as Made;
        const { prefix, parallel, suffix } = process.input;
        const others = parallel.length - 1;
        const first = process.index === 0;
        if (first) for (const call of prefix) await perform(made, call, process);
        if (shared.begin !== undefined && others > 0) {
          if (first) shared.begin.store(1);
          else process.until(shared.begin, 1);
        }
        for (const call of parallel[process.index]) await perform(made, call, process);
        if (shared.ended !== undefined && others > 0) {
          if (first) process.until(shared.ended, others);
          else shared.ended.add(1);
        }
        if (first) for (const call of suffix) await perform(made, call, process);
      },
    },
    properties: [
      ofTheProgram(linearizability({ model, consistency, budget })),
      ...(consistency === "linearizable" ? [ofTheProgram(noNeedlessWait({ model, budget }))] : []),
    ],
    mayEndBlocked: true,
    ...(options.survives === undefined ? {} : { survives: options.survives }),
    ...(options.violates === undefined ? {} : { violates: options.violates }),
  });
}

export interface LinearizableOptions<Made extends object> {
  /** In lower case with hyphens. Without one it is the name of the export. */
  readonly name?: string;
  /** One line for `forkcheck list`. */
  readonly description?: string;
  /** Makes the object. It runs in every process and must make the same one in all of them. */
  readonly create: () => Made;
  /** What the object is called in traces. Default: "object". */
  readonly object?: string;
  /** What a program may call, by the names that the model knows. */
  readonly operations: Readonly<Record<string, OperationOption<Made>>>;
  readonly model: Model<any>;
  /** Default: "linearizable". The weaker ones do not look at who waits for ever. */
  readonly consistency?: Consistency;
  /** Limits of the search for an order. */
  readonly budget?: Budget;
  /** Programs to try before any generated one. */
  readonly examples?: readonly Program[];
  /** Most processes of a program; default 3. */
  readonly processesMax?: number;
  /** Most calls of each process in the parallel part; default 3. */
  readonly callsMax?: number;
  /** Most calls before the parallel part; default 2. */
  readonly prefixMax?: number;
  /** Most calls after the parallel part; default 2. They are not reached where a process waits for ever. */
  readonly suffixMax?: number;
  /** The faults that it is meant to survive: what a process that was killed had called may have happened or not. */
  readonly survives?: readonly FaultKind[];
  /** The properties that it is meant to violate: it is a wrong version, kept to be caught. */
  readonly violates?: readonly string[];
}

/** One arbitrary for each argument; or an object, where there is more to say. */
export type OperationOption<Made extends object> =
  | readonly Arbitrary<any>[]
  | {
      readonly args?: readonly Arbitrary<any>[];
      /** How often it is called, relative to the others; a whole number, default 1. */
      readonly weight?: number;
      /** What it does. Default: the method of its name. The process is told to who has a parameter for it. */
      readonly call?: Call<Made>;
    };

type Call<Made extends object> = (made: Made, args: readonly any[], process: RoleContext<Program>) => unknown;

/** What the processes share: the object under its name, and the words that part prefix, parallel part and suffix. */
export type Shared<Made extends object> = {
  readonly begin?: Word;
  readonly ended?: Word;
  readonly [object: string]: Made | Word | undefined;
};

interface Performed<Made extends object> extends CallChoice {
  call(made: Made, args: readonly unknown[], process: RoleContext<Program>): unknown;
}

function operationsOf<Made extends object>(options: LinearizableOptions<Made>): Map<string, Performed<Made>> {
  const entries = Object.entries(options?.operations ?? {});
  if (entries.length === 0) {
    throw new TypeError(
      "linearizable was given no operations, so there is no program to run. List them by name, each with the arbitraries of its arguments: operations: { put: [fc.nat(9)], get: [] }.",
    );
  }
  return new Map(
    entries.map(([operation, option]): [string, Performed<Made>] => {
      const { args = [], weight = 1, call } = isList(option) ? { args: option } : option;
      if (!isList(args) || args.some((arbitrary) => typeof arbitrary?.generate !== "function")) {
        throw new TypeError(
          `The arguments of "${operation}" are no list of arbitraries of fast-check. Give one for each argument, such as [fc.nat(9)], and [] if it takes none.`,
        );
      }
      if (!Number.isSafeInteger(weight) || weight < 1) {
        throw new RangeError(
          `The weight of "${operation}" is ${String(weight)}. Give it a whole number of at least 1.`,
        );
      }
      return [operation, { operation, args, weight, call: performing(operation, call) }];
    }),
  );
}

/** What says nothing of a third parameter does not get one: it cannot know which process it is in, see `areAlike`. */
function performing<Made extends object>(operation: string, call: Call<Made> | undefined): Performed<Made>["call"] {
  if (call === undefined) return (made, values) => methodOf(made, operation)(...values);
  return knowsItsProcess(call) ? call : (made, values) => (call as (...both: unknown[]) => unknown)(made, values);
}

/** Whether it makes no difference which process plays which part of a program. */
function areAlike<Made extends object>({ operations }: LinearizableOptions<Made>): boolean {
  return !Object.values(operations).some((option) => !isList(option) && option.call && knowsItsProcess(option.call));
}

function knowsItsProcess({ length }: { readonly length: number }): boolean {
  return length < 1 || length > 2;
}

function methodOf(made: object, operation: string): (...args: readonly unknown[]) => unknown {
  const method = (made as Record<string, unknown>)[operation];
  if (typeof method === "function") return method.bind(made) as (...args: readonly unknown[]) => unknown;
  throw new TypeError(
    `"${operation}" is no method of what \`create\` returned. Say what it does: ${operation}: { call: (object) => ... }.`,
  );
}

function isList(value: unknown): value is readonly Arbitrary<any>[] {
  return Array.isArray(value);
}

function sizeOf(options: LinearizableOptions<any>): ProgramSize {
  const { processesMax = 3, callsMax = 3, prefixMax = 2, suffixMax = 2 } = options;
  const whole = (name: string, value: number, least: number): number => {
    if (Number.isSafeInteger(value) && value >= least && value <= SIZE_MAX) return value;
    throw new RangeError(`${name} is ${String(value)}. Give it a whole number from ${least} to ${SIZE_MAX}.`);
  };
  return {
    processesMax: whole("processesMax", processesMax, 2),
    callsMax: whole("callsMax", callsMax, 1),
    prefixMax: whole("prefixMax", prefixMax, 0),
    suffixMax: whole("suffixMax", suffixMax, 0),
  };
}

/** Processes and calls beyond this make programs that nobody can read, and histories that take long to check. */
const SIZE_MAX = 50;

/** A property of the program's own calls: what these call in turn is how they do it. */
function ofTheProgram(property: Property): Property {
  const calls = (history: History): History => ({
    ...history,
    operations: history.operations.filter(({ object, depth }) => object === null && depth === 0),
  });
  return {
    ...property,
    check: (history) => property.check(calls(history)),
    witness: (history) => property.witness?.(calls(history)) ?? null,
  };
}
