import { AsyncLocalStorage } from "node:async_hooks";

/**
 * To which operation of the scenario the code that runs belongs, through callbacks and promises. The tasks of one process take
 * turns, so that an operation which begins while another one is under way need not have been called by it.
 */
export class Flow {
  readonly #storage = new AsyncLocalStorage<Inside>();
  readonly #open = new Map<number, Inside>();

  /** A new run begins. */
  clear(): void {
    this.#open.clear();
  }

  within<T>(operation: number, body: () => T): T {
    const inside: Inside = { operation, outer: this.#storage.getStore() ?? null };
    this.#open.set(operation, inside);
    return this.#storage.run(inside, body);
  }

  ended(operation: number): void {
    this.#open.delete(operation);
  }

  /** The innermost operation under way here; 0 if there is none. */
  get operation(): number {
    return this.#innermost()?.operation ?? 0;
  }

  /** How many operations are under way here, one inside the other. */
  get depth(): number {
    let depth = 0;
    for (let inside = this.#innermost(); inside !== null; inside = inside.outer) {
      if (this.#open.get(inside.operation) === inside) depth++;
    }
    return depth;
  }

  #innermost(): Inside | null {
    let inside = this.#storage.getStore() ?? null;
    while (inside !== null && this.#open.get(inside.operation) !== inside) inside = inside.outer;
    return inside;
  }
}

interface Inside {
  readonly operation: number;
  readonly outer: Inside | null;
}
