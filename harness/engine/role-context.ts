import type { Arbitrary } from "fast-check";
import type { Word } from "../../primitives/memory/word.ts";
import type { Access, RoleContext } from "../scenario.ts";
import type { ControlledProcess } from "./controlled-process.ts";
import type { Draws } from "./draws.ts";
import type { FreeProcess } from "./free-process.ts";
import type { Names } from "./names.ts";

/** What a role gets as its second argument, made anew for each run. */
export class ProcessContext implements RoleContext {
  readonly name: string;
  readonly role: string;
  readonly index: number;
  readonly number: number;
  readonly input: unknown;
  readonly folder: string;
  readonly #process: ControlledProcess | FreeProcess;
  readonly #names: Names;
  readonly #draws: Draws;
  readonly #slot: number;

  constructor(identity: Identity, process: ControlledProcess | FreeProcess, names: Names, draws: Draws) {
    this.name = identity.name;
    this.role = identity.role;
    this.index = identity.index;
    this.number = identity.number;
    this.input = identity.input;
    this.folder = identity.folder;
    this.#slot = identity.slot;
    this.#process = process;
    this.#names = names;
    this.#draws = draws;
  }

  async operation<T>(
    name: string,
    argsOrBody: readonly unknown[] | (() => T | Promise<T>),
    bodyAfterArgs?: () => T | Promise<T>,
  ): Promise<T> {
    const args = typeof argsOrBody === "function" ? [] : argsOrBody;
    const body = typeof argsOrBody === "function" ? argsOrBody : (bodyAfterArgs as () => T | Promise<T>);
    const operation = this.#process.invoked(null, name, args);
    try {
      const result = await this.#process.within(operation, body);
      this.#process.returned(operation, result);
      return result;
    } catch (error) {
      this.#process.threw(operation, error);
      throw error;
    }
  }

  step<T>(label: string, accessOrBody: Access | (() => T), bodyAfterAccess?: () => T): Promise<T> {
    const body = typeof accessOrBody === "function" ? accessOrBody : (bodyAfterAccess as () => T);
    if (typeof accessOrBody === "function") return this.#process.step(this.#names.intern(label), 0, true, body);
    const writes = "writes" in accessOrBody;
    const object = writes ? accessOrBody.writes : accessOrBody.reads;
    return this.#process.step(this.#names.intern(label), this.#names.intern(object), writes, body);
  }

  critical<T>(name: string, msOrBody: number | (() => T | Promise<T>) = 0): Promise<T | undefined> {
    return this.operation(name, async () => {
      const own = this.#names.intern(name);
      await this.#process.step(this.#names.intern(`enter ${name}`), own, true, nothing);
      try {
        if (typeof msOrBody === "function") return await msOrBody();
        if (checkedMs(msOrBody, "critical") > 0) await this.#process.sleep(msOrBody);
        return undefined;
      } finally {
        await this.#process.step(this.#names.intern(`leave ${name}`), own, true, nothing);
      }
    });
  }

  until(word: Word, value: number, next = value): void {
    this.#process.until(word, value, next);
  }

  sleep(ms: number): Promise<void> {
    return this.#process.sleep(checkedMs(ms, "sleep"));
  }

  think(upToMs: number): Promise<void> {
    return this.#process.think(checkedMs(upToMs, "think"));
  }

  draw<T>(arbitrary: Arbitrary<T>): T {
    return this.#draws.draw(this.#slot, arbitrary);
  }

  now(): number {
    return this.#process.now();
  }
}

export interface Identity {
  readonly name: string;
  readonly role: string;
  readonly index: number;
  readonly number: number;
  readonly input: unknown;
  readonly folder: string;
  /** Which of the run's processes it is: another one than `index` says if it begins a dead one's role anew. */
  readonly slot: number;
}

function nothing(): void {}

function checkedMs(ms: number, what: string): number {
  if (typeof ms !== "number" || Number.isNaN(ms)) {
    throw new TypeError(`${what} takes a number of milliseconds, not ${String(ms)}`);
  }
  return ms;
}
