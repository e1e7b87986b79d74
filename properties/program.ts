import fc, { type Arbitrary } from "fast-check";

/**
 * A parallel program on one object: some calls by the first process alone, then calls by all processes at the same time, then,
 * when everybody is done, some more by the first process alone. It is plain data, so it is the input of a scenario, and it
 * shrinks as one: to fewer processes, fewer calls, smaller arguments.
 */
export interface Program {
  readonly prefix: readonly ProgramCall[];
  /** The calls of each process. */
  readonly parallel: readonly (readonly ProgramCall[])[];
  readonly suffix: readonly ProgramCall[];
}

/** The operation's name, then its arguments. */
export type ProgramCall = readonly [operation: string, ...args: unknown[]];

/** An operation that a program may call. */
export interface CallChoice {
  readonly operation: string;
  readonly args: readonly Arbitrary<unknown>[];
  /** How often it is called, relative to the others. */
  readonly weight: number;
}

export interface ProgramSize {
  readonly processesMax: number;
  /** Calls of each process in the parallel part. */
  readonly callsMax: number;
  readonly prefixMax: number;
  readonly suffixMax: number;
}

/**
 * An argument that no other call of the program gets: 1, 2, 3, ... in the order of the program. Values that come only once are
 * the ones that tell which call they came from, so they find more, and long histories of them are cheap to check.
 */
export const unique = fc.constant(null).map(
  () => PLACEHOLDER as unknown as number,
  () => null,
);

/** Programs of these calls. */
export function programs(choices: readonly CallChoice[], size: ProgramSize): Arbitrary<Program> {
  const call = fc.oneof(
    { withCrossShrink: true },
    ...choices.map(({ operation, args, weight }) => ({
      weight,
      arbitrary: fc.tuple(...args).map(
        (values): ProgramCall => [operation, ...values],
        (made) => argsOf(made, operation),
      ),
    })),
  );
  const calls = (minLength: number, maxLength: number): Arbitrary<ProgramCall[]> =>
    fc.array(call, { minLength, maxLength, size: "max" });
  return fc
    .record({
      alone: fc.integer({ min: 0, max: ONE_ALONE_IN - 1 }),
      prefix: calls(0, size.prefixMax),
      parallel: fc.array(calls(1, size.callsMax), { minLength: 2, maxLength: size.processesMax, size: "max" }),
      suffix: calls(0, size.suffixMax),
    })
    .map(
      ({ alone, prefix, parallel, suffix }) =>
        numbered({ prefix, parallel: alone === 0 ? [parallel.flat()] : parallel, suffix }),
      (program) => partsOf(program as Program),
    );
}

/** One program in so many has a single process: what is wrong without any concurrency should be shown without any. */
const ONE_ALONE_IN = 16;

const PLACEHOLDER = Object.freeze({ argument: "unique" });

function argsOf(made: unknown, operation: string): unknown[] {
  const [name, ...args] = made as ProgramCall;
  if (name !== operation) throw new TypeError(`a call of ${name} is none of ${operation}`);
  return args;
}

/** What a program was made from, so that one that comes out of a token shrinks too. */
function partsOf({ prefix, parallel, suffix }: Program) {
  const open = ([name, ...args]: ProgramCall): ProgramCall => [name, ...args];
  const list = (calls: readonly ProgramCall[]): ProgramCall[] => calls.map(open);
  if (parallel.length > 1)
    return { alone: 1, prefix: list(prefix), parallel: parallel.map(list), suffix: list(suffix) };
  const [only] = parallel;
  return {
    alone: 0,
    prefix: list(prefix),
    parallel: [list(only.slice(0, -1)), list(only.slice(-1))],
    suffix: list(suffix),
  };
}

/** Whether the call can come of `pattern`, in which arguments that no other call gets have no number yet. */
export function fits(call: unknown, pattern: unknown): boolean {
  if (pattern === PLACEHOLDER) return typeof call === "number";
  if (typeof pattern !== "object" || pattern === null || typeof call !== "object" || call === null)
    return Object.is(call, pattern);
  const keys = Object.keys(pattern);
  if (Object.keys(call).length !== keys.length) return false;
  return keys.every((key) => fits((call as Values)[key], (pattern as Values)[key]));
}

type Values = Readonly<Record<string, unknown>>;

export function numbered({ prefix, parallel, suffix }: Program): Program {
  let next = 1;
  const filled = (value: unknown): unknown => {
    if (value === PLACEHOLDER) return next++;
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== "object" || value === null) return value;
    // Some records that fast-check makes have no prototype.
    if (![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner)]));
  };
  const list = (calls: readonly ProgramCall[]): ProgramCall[] => calls.map((one) => filled(one) as ProgramCall);
  return { prefix: list(prefix), parallel: parallel.map(list), suffix: list(suffix) };
}
