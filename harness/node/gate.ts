import type { Family } from "../engine/family.ts";
import type { FaultKind } from "../fault.ts";

/**
 * How what replaces a part of Node reaches the engine: a step that blocks the stack until it is granted, or an event of this
 * process that happens when the scheduler chooses it.
 */
export interface Gate {
  /** A role is being played whose Node is under control. Otherwise Node is as it always was. */
  readonly active: boolean;
  /** The role has returned or thrown; what is under way may still hold up the end of its process. */
  readonly settled: boolean;
  /** Steps that this process has taken in the run. */
  readonly steps: number;
  /** It plays a program that another one has started: it lives as long as there is something to wait for, as Node has it. */
  readonly lasting: boolean;
  /** The processes that the run's programs start themselves. */
  readonly family: Family;
  /** Virtual time in milliseconds since the run began. */
  now(): number;
  /** How far the wall clock has been set forward since then; it may be set back. */
  wallOffset(): number;
  /** Blocks this stack until the step on files is granted. */
  block(step: Announcement): void;
  /** Blocks this stack until `ms` of virtual time have passed. */
  sleepSync(ms: number): void;
  /** `fire` is called when the event is granted; the ticket is good for `forget` until then. */
  expect(event: Announcement, delayMs: number, fire: () => void): number;
  /** As `expect`, for what another process brings about, if that is not there already. */
  listen(event: Announcement, isThere: boolean, fire: () => void): number;
  /** An event of this process alone, which nobody else can see: it is a choice only where this process has another one. */
  expectLocal(label: number, place: string, fire: () => void): void;
  forget(ticket: number): void;
  /** Adds to the number of things that keep the process from ending when its role has returned. */
  hold(count: number): void;
  /** Where in the user's code the stack is now; "" if that is not recorded. */
  place(): string;
  /** The fault that befell the step just granted; null if none did. */
  befell(): FaultKind | null;
  /** What was just done at a server may bring something to other processes that are connected to it. */
  touched(): void;
  /** The name of a server that may bring something to this process, by its hash; 0 if none does. */
  listensTo(server: number): void;
  /**
   * The program does what cannot be brought under control: the run is over, and so is the check.
   *
   * @param what which thing, where, and what to do instead
   */
  refuse(what: string): never;
  /** An error that nobody caught ends the process. */
  uncaught(error: unknown): void;
  /** There is no worker left for a process that the program starts: the run is done again with one more. */
  crowded(): never;
  /** The step just granted has killed this process. */
  die(): never;
  /** The process does not survive the step that it is in. */
  dieInside(what: string): void;
  /** What the step just granted brought out, for the trace. */
  found(detail: string): void;
}

/** The next step, by its names' hashes. */
export interface Announcement {
  readonly kind: number;
  /** The name of what is touched first, negative; 0 for what nobody else can see. */
  readonly object: number;
  readonly label: number;
  /** See footprint.ts; 0 for what touches nothing. */
  readonly footprint: number;
  /** Where in the user's code the operation was called; "" if that is not recorded, or is where the stack is now. */
  readonly place: string;
}
