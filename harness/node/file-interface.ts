import { AsyncResource } from "node:async_hooks";
import { fileError } from "../engine/file-error.ts";
import type { Names } from "../engine/names.ts";
import type { Gate } from "./gate.ts";
import type { Kernel } from "./kernel.ts";
import type { KernelStep, Steps } from "./kernel-step.ts";

/**
 * Carries out operations on files under control. A synchronous one blocks its process's stack at each step; any other is a
 * chain of events, of which at most four are under way at a time, as in Node's pool of threads. That it has come to its
 * end is an event of its own: a process may hear of two finished operations in either order.
 */
export class FileInterface {
  readonly #gate: Gate;
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #waiting: Operation[] = [];
  #underWay = 0;
  #performing = false;

  constructor(gate: Gate, kernel: Kernel, names: Names) {
    this.#gate = gate;
    this.#kernel = kernel;
    this.#names = names;
  }

  /** Forgets what a run that is over has left. */
  clear(): void {
    this.#waiting.length = 0;
    this.#underWay = 0;
  }

  /** What is called now is a program's: functions of `fs` that are done for real may call others of `fs`. */
  get controls(): boolean {
    return this.#gate.active && !this.#performing;
  }

  runSync<T>(steps: Steps<T>): T {
    let next = steps.next();
    while (!next.done) {
      const step: KernelStep = next.value;
      this.#gate.block(step.known);
      let outcome: unknown;
      try {
        outcome = this.perform(step);
      } catch (error) {
        next = steps.throw(error);
        continue;
      }
      next = steps.next(outcome);
    }
    return next.value;
  }

  /** `done` is called as an event of the process. */
  start<T>(name: string, steps: Steps<T>, done: (error: unknown, value?: T) => void): void {
    this.#gate.hold(1);
    this.#waiting.push({
      name,
      steps: steps,
      done: done as Operation["done"],
      place: this.#gate.place(),
      caller: new AsyncResource(name),
    });
    this.#startNext();
  }

  promise<T>(name: string, steps: Steps<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.start(name, steps, (error, value) => (error === null ? resolve(value as T) : reject(error as Error)));
    });
  }

  /**
   * The one place where a step on files is done for real.
   *
   * @throws what the kernel says, in the words of the program's paths
   */
  perform<T>(step: KernelStep<T>): T {
    const fault = this.#gate.befell();
    const part = fault === "short" || fault === "torn" ? step.performPart : undefined;
    if (fault !== null && part === undefined) {
      const error = fileError(fault, step.path.given, step.syscall);
      this.#gate.found(`✗ ${error.code}`);
      throw error;
    }
    this.#performing = true;
    try {
      const outcome = (part ?? step.perform)();
      if (fault === "torn") this.#gate.dieInside(step.syscall);
      const detail = step.detail(outcome);
      if (detail !== "") this.#gate.found(detail);
      return outcome;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#gate.found(`✗ ${code ?? String(error)}`);
      throw this.#kernel.place.translate(error, step.path, step.other);
    } finally {
      this.#performing = false;
    }
  }

  #startNext(): void {
    while (this.#underWay < UNDER_WAY_MAX && this.#waiting.length > 0) {
      this.#underWay++;
      const operation = this.#waiting.shift() as Operation;
      operation.caller.runInAsyncScope(() => this.#goOn(operation, () => operation.steps.next()));
    }
  }

  #goOn(operation: Operation, resume: () => IteratorResult<KernelStep, unknown>): void {
    let next: IteratorResult<KernelStep, unknown>;
    try {
      next = resume();
    } catch (error) {
      this.#finish(operation, error ?? new Error("an operation on files failed"));
      return;
    }
    if (next.done === true) {
      this.#finish(operation, null, next.value);
      return;
    }
    const step = next.value;
    const announcement = operation.place === "" ? step.known : { ...step.known, place: operation.place };
    this.#gate.expect(announcement, 0, () => {
      let outcome: unknown;
      try {
        outcome = this.perform(step);
      } catch (error) {
        this.#goOn(operation, () => operation.steps.throw(error));
        return;
      }
      this.#goOn(operation, () => operation.steps.next(outcome));
    });
  }

  #finish(operation: Operation, error: unknown, value?: unknown): void {
    this.#gate.expectLocal(this.#names.intern(`${operation.name} is done`), operation.place, () => {
      this.#underWay--;
      this.#startNext();
      this.#gate.hold(-1);
      operation.caller.runInAsyncScope(operation.done, undefined, error, value);
    });
  }
}

interface Operation {
  readonly name: string;
  readonly steps: Steps<unknown>;
  readonly done: (error: unknown, value?: unknown) => void;
  /** Where in the user's code it was called, or "". */
  readonly place: string;
  /** What `AsyncLocalStorage` says there is what it says when the operation is done, as with Node's own. */
  readonly caller: AsyncResource;
}

/** The size of Node's pool of threads. */
const UNDER_WAY_MAX = 4;
