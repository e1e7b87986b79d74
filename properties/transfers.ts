import type { History, Operation } from "../harness/history.ts";
import { EMPTY_ERRORS, QUEUE_NAMES, roleIn } from "./vocabulary.ts";
import { canonical } from "./values.ts";

/** Which operations carry values in and out of a container. */
export interface TransferOptions {
  /** Names of the operations that put a value (their first argument) in. Default: put, tryPut, enqueue, send, ... */
  readonly put?: readonly string[];
  /** Names of the operations that return a value that came out. Default: get, tryGet, dequeue, receive, ... */
  readonly get?: readonly string[];
  /** Only the object of this name; default: all objects as one. */
  readonly object?: string;
}

/** The values that went in and out, as far as that is certain, and what might have. */
export interface Transfers {
  /** Puts by value: those that returned, and those of which nobody can know. */
  readonly puts: ReadonlyMap<string | number, readonly Operation[]>;
  /** Gets that returned a value, by value. */
  readonly gets: ReadonlyMap<string | number, readonly Operation[]>;
  /** Gets that may have taken a value out and did not say which: they never returned, or threw something unknown. */
  readonly silentGets: readonly Operation[];
}

export function transfersOf(history: History, options: TransferOptions): Transfers {
  const puts = new Map<string | number, Operation[]>();
  const gets = new Map<string | number, Operation[]>();
  const silentGets: Operation[] = [];
  for (const operation of history.operations) {
    if (options.object !== undefined && operation.object !== options.object) continue;
    const role = transferRole(operation, options);
    if (role === "put" && !(operation.outcome === "returned" && operation.result === false)) {
      enter(puts, operation.args[0], operation);
    }
    if (role !== "get") continue;
    if (operation.outcome === "returned") {
      if ((operation.result ?? null) !== null) enter(gets, operation.result, operation);
    } else if (!saysEmpty(operation)) silentGets.push(operation);
  }
  return { puts, gets, silentGets };
}

function enter(map: Map<string | number, Operation[]>, value: unknown, operation: Operation): void {
  const key = canonical(value);
  const known = map.get(key);
  if (known === undefined) map.set(key, [operation]);
  else known.push(operation);
}

function transferRole(operation: Operation, options: TransferOptions): string | null {
  if (options.put?.includes(operation.operation) === true) return "put";
  if (options.get?.includes(operation.operation) === true) return "get";
  const role = roleIn(QUEUE_NAMES, operation.operation);
  if (role === "put") return options.put === undefined ? role : null;
  if (role === "get") return options.get === undefined ? role : null;
  return null;
}

function saysEmpty({ outcome, result }: Operation): boolean {
  return outcome === "threw" && EMPTY_ERRORS.some((error) => String(result).includes(error));
}
