import { basename } from "node:path";
import type { Arbitrary } from "fast-check";
import type { Word } from "../primitives/memory/word.ts";
import type { InputSpace } from "./input-space.ts";
import { FAULT_KINDS, isFaultKind, type FaultKind } from "./fault.ts";
import type { Property } from "./property.ts";

/**
 * Declares a scenario: what processes do with shared objects, and what must hold whatever the order of their steps. Every
 * process imports the module that declares it, so `scenario(import.meta.url, ...)` belongs at the top level of a module.
 *
 * @example
 * export const counter = scenario(import.meta.url, {
 *   input: fc.record({ processes: fc.integer({ min: 2, max: 4 }) }),
 *   shared: () => ({ count: new Value(0) }),
 *   processes: ({ processes }) => times(processes, "adder"),
 *   roles: {
 *     async adder({ count }, p) {
 *       await p.operation("add", async () => count.set(count.get() + 1));
 *     },
 *   },
 *   final: ({ count }) => count.get(),
 *   properties: [{
 *     name: "every-add-counts",
 *     claim: "the count is the number of adders",
 *     check: ({ final, processes }) =>
 *       final === processes.length ? null : { message: `${processes.length} adds made ${String(final)}`, operations: [] },
 *   }],
 * });
 */
export function scenario<Input, Shared extends object, Loaded = undefined>(
  moduleUrl: string,
  options: ScenarioOptions<Input, Shared, Loaded>,
): Scenario<Input, Shared, Loaded> {
  checkOptions(moduleUrl, options);
  const ordinal = declared.filter((other) => other.moduleUrl === moduleUrl).length;
  const made: Scenario<Input, Shared, Loaded> = { ...options, kind: "forkcheck-scenario", moduleUrl, ordinal };
  declared.push(made as unknown as Scenario);
  return made;
}

export interface ScenarioOptions<Input, Shared extends object, Loaded = undefined> {
  /** In lower case with hyphens. Without one it is the name of the export: `ticketRush` is "ticket-rush". */
  readonly name?: string;
  /** One line for `forkcheck list`. */
  readonly description?: string;
  /** What varies from run to run. */
  readonly input: Arbitrary<Input>;
  /** Inputs to try before any generated one. */
  readonly examples?: readonly Input[];
  /** All inputs by their size, where that can be said: then shrinking searches all that are smaller. */
  readonly space?: InputSpace<Input>;
  /**
   * Creates the shared objects. It runs in every process and must create the same objects in the same order everywhere,
   * from the input alone. Its keys name the objects in traces and histories.
   */
  readonly shared?: (input: Input) => Shared;
  /**
   * Loads packages whose every use of files, timers, clocks and random numbers is to be under control: see
   * docs/testing-a-package.md. What it returns is the third argument of each role. It runs once in each process, after Node was
   * put under control and before any role is played.
   */
  readonly load?: () => Loaded | Promise<Loaded>;
  /** The role of each process. */
  readonly processes: (input: Input) => readonly string[];
  /** What each role does. A role gets its state from its arguments alone: the next run may be in the same process. */
  readonly roles: Readonly<Record<string, Role<Input, Shared, Loaded>>>;
  /**
   * Files in the run's folder before it begins, by name: "data/a.json". A name that ends in "/" is a folder's. The run's folder is
   * the working directory of every process.
   */
  readonly files?: (input: Input) => FilesAtStart;
  /**
   * Puts servers outside, which the processes connect to, into the state that a run begins with: before each run, in real time.
   * With it runs take place one at a time, as they share the servers, and are partly controlled: see
   * docs/testing-a-package.md. `final` may then be asynchronous.
   */
  readonly setup?: (input: Input) => unknown;
  /** How long, in real milliseconds, a request to a server waits for its reply before others go on; default 20. */
  readonly replyWaitMs?: number;
  /** Read when all is over; properties find it as `history.final`. It must return plain data. */
  readonly final?: (shared: Shared, folder: FolderView) => unknown;
  /** What must hold, besides that no process fails, nobody waits for ever and every process ends. */
  readonly properties: readonly Property[];
  /**
   * The faults that it is meant to survive, such as ["kill", "pause"]: each kind is tried, one in a run, unless the check says
   * otherwise. What must hold is the same with a fault as without.
   */
  readonly survives?: readonly FaultKind[];
  /**
   * A run may end with processes that wait for ever: whether they had to is for the properties to say. Default false: it
   * is a violation of `no-deadlock`.
   */
  readonly mayEndBlocked?: boolean;
  /** The properties that the scenario is meant to violate: it is a wrong version, kept to be caught. */
  readonly violates?: readonly string[];
}

export type FilesAtStart = Readonly<Record<string, string | FileAtStart>>;

/** A file or folder that is there before a run begins. */
export interface FileAtStart {
  readonly text?: string;
  /** So many milliseconds before the run begins it was made and changed last, as far as a package under control can see. */
  readonly ageMs?: number;
}

export interface Scenario<Input = unknown, Shared extends object = object, Loaded = any> extends ScenarioOptions<
  Input,
  Shared,
  Loaded
> {
  readonly kind: "forkcheck-scenario";
  readonly moduleUrl: string;
  /** Which of the module's scenarios it is, by order of declaration. */
  readonly ordinal: number;
}

export type Role<Input, Shared extends object, Loaded = undefined> = (
  shared: Shared,
  process: RoleContext<Input>,
  loaded: Loaded,
) => unknown;

/** What a role can do besides using the shared objects. */
export interface RoleContext<Input = unknown> {
  /** "buyer 1"; just "reader" if the role has one process. */
  readonly name: string;
  readonly role: string;
  /** Among all processes, from 0. */
  readonly index: number;
  /** Among the processes of this role, from 0. */
  readonly number: number;
  readonly input: Input;
  /** The run's folder, which is also the working directory. */
  readonly folder: string;
  /** Records an operation in the history, from its first step to its last. */
  operation<T>(name: string, body: () => T | Promise<T>): Promise<T>;
  operation<T>(name: string, args: readonly unknown[], body: () => T | Promise<T>): Promise<T>;
  /**
   * One atomic step of your own: nobody else moves while `body` runs. `access` says what it touches, so that steps which
   * have nothing to do with each other are known to commute; without it the step may touch anything.
   */
  step<T>(label: string, body: () => T): Promise<T>;
  step<T>(label: string, access: Access, body: () => T): Promise<T>;
  /**
   * Waits until `word` holds `value`, and puts `next` there (without it, leaves it): one step, which can be chosen only
   * while the word holds the value. It blocks the process. For models of locks and for starting lines: where a primitive
   * tries, fails and sleeps, this is simply not enabled.
   */
  until(word: Word, value: number, next?: number): void;
  /**
   * A critical section: an operation of that name which lasts `ms` of virtual time, or as long as `body` takes. Check it with
   * `mutualExclusion({ operation: name })`.
   */
  critical(name: string, ms?: number): Promise<void>;
  critical<T>(name: string, body: () => T | Promise<T>): Promise<T>;
  /** Waits `ms` of virtual time: it passes only when nobody else can move. */
  sleep(ms: number): Promise<void>;
  /** Takes some time, at most `upToMs`; how long is for the schedule to say. Others may move meanwhile, or not. */
  think(upToMs: number): Promise<void>;
  /** A value that belongs to the run: drawn at random in the search, the same in a replay, made smaller in shrinking. */
  draw<T>(arbitrary: Arbitrary<T>): T;
  /** Virtual time in milliseconds since the run began. */
  now(): number;
}

/** What a step touches: one name of a file or another outside thing, read or written. */
export type Access = { readonly reads: string } | { readonly writes: string };

/** The files of a run when it is over. */
export interface FolderView {
  /** The file's text; null if there is no such file. */
  read(name: string): string | null;
  /** The names in the folder, or in one below it, sorted. */
  list(name?: string): string[];
}

/** `count` processes of one role. */
export function times(count: number, role: string): string[] {
  return Array.from({ length: count }, () => role);
}

/** All scenarios that modules have declared in this process so far. */
export function declaredScenarios(): readonly Scenario[] {
  return declared;
}

export function isScenario(value: unknown): value is Scenario {
  return typeof value === "object" && value !== null && (value as Scenario).kind === "forkcheck-scenario";
}

/**
 * The name that a scenario goes by: its own, else that of its export, else that of its file (and which one of the file's it
 * is), for one that only a test knows.
 *
 * @param module what the file exports, where that is known
 */
export function scenarioName({ name, moduleUrl, ordinal }: Scenario, module: object = {}): string {
  if (name !== undefined) return name;
  for (const [key, value] of Object.entries(module)) {
    const same = isScenario(value) && value.moduleUrl === moduleUrl && value.ordinal === ordinal;
    if (same && key !== "default") return hyphenated(key);
  }
  const stem = hyphenated(basename(new URL(moduleUrl).pathname).split(".")[0]);
  return ordinal === 0 ? stem : `${stem}-${ordinal + 1}`;
}

/** In lower case with hyphens, as names are: they are file names and command line arguments. */
function hyphenated(text: string): string {
  const words = text
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "-")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words === null ? "scenario" : words.join("-");
}

/** "buyer 1", "buyer 2", "reader": processes by role, numbered where a role has several. */
export function processNames(roles: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return roles.map((role) => {
    const number = (seen.get(role) ?? 0) + 1;
    seen.set(role, number);
    return roles.indexOf(role) === roles.lastIndexOf(role) ? role : `${role} ${number}`;
  });
}

// By URL and order of declaration, so that a process can find the scenario that another one means. A global, because a
// module may be loaded twice under vitest, once transformed and once not.
const declared: Scenario[] = ((globalThis as Record<symbol, unknown>)[Symbol.for("forkcheck.scenarios")] ??=
  []) as Scenario[];

function checkOptions<Input, Shared extends object, Loaded>(
  moduleUrl: string,
  options: ScenarioOptions<Input, Shared, Loaded>,
): void {
  const name = options?.name ?? "without a name";
  const problem = problemOf(moduleUrl, options);
  if (problem !== null) throw new TypeError(`scenario ${name} cannot be declared: ${problem}`);
}

function problemOf<Input, Shared extends object, Loaded>(
  moduleUrl: string,
  options: ScenarioOptions<Input, Shared, Loaded>,
): string | null {
  if (typeof moduleUrl !== "string" || !moduleUrl.startsWith("file:")) {
    return `its first argument is ${JSON.stringify(moduleUrl)}. Pass import.meta.url, so that other processes find the module.`;
  }
  if (typeof options !== "object" || options === null)
    return "its second argument is no object. Pass { input, processes, roles, properties }.";
  if (options.name !== undefined && !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(options.name)) {
    return `its name ${JSON.stringify(options.name)} is not in lower case with hyphens. Names are file names and command line arguments.`;
  }
  if (typeof (options.input as unknown as { generate?: unknown })?.generate !== "function") {
    return "its `input` is no arbitrary of fast-check. Use fc.constant({}) if nothing varies.";
  }
  if (options.load !== undefined && typeof options.load !== "function")
    return 'its `load` is no function. Return what the roles need, such as async () => ({ lock: await import("...") }).';
  if (options.setup !== undefined && typeof options.setup !== "function")
    return "its `setup` is no function. Put the server into the state that a run begins with, such as async () => { ... }.";
  if (options.setup !== undefined && options.load === undefined)
    return "it has `setup`, and no `load`. Without it connections to a server are not under control: load the client there.";
  const { replyWaitMs } = options;
  if (replyWaitMs !== undefined && !(Number.isSafeInteger(replyWaitMs) && replyWaitMs >= 1 && replyWaitMs <= 10_000))
    return `its \`replyWaitMs\` is ${String(replyWaitMs)}. It is a whole number of milliseconds from 1 to 10000.`;
  if (typeof options.processes !== "function")
    return 'it has no `processes`. Return the role of each process, such as times(2, "buyer").';
  if (typeof options.roles !== "object" || options.roles === null || Object.keys(options.roles).length === 0) {
    return "it has no `roles`. Give one function for each role.";
  }
  if (!Array.isArray(options.properties))
    return "its `properties` is no list. Use [] to check only that nobody fails or waits for ever.";
  const unknown = (options.survives ?? []).find((kind) => !isFaultKind(kind));
  if (unknown !== undefined) {
    return `it survives ${JSON.stringify(unknown)}, which is no fault. The faults are ${FAULT_KINDS.join(", ")}.`;
  }
  return null;
}
