import { expect } from "vitest";
import type { History, Operation } from "../harness/history.ts";
import type { Property, Violation } from "../harness/property.ts";
import { linearizability } from "../properties/linearizability.ts";
import type { Model } from "../properties/model.ts";
import { shown } from "../properties/wording.ts";

/**
 * Matchers for histories, and for bare lists of operations such as `result.counterexample.history`.
 *
 * @example
 * expect(history).toHold(mutualExclusion({ object: "lock" }));
 * expect(history).toBeLinearizable(queueModel());
 * expect(history).not.toBeLinearizable(queueModel(), { object: "orders" });
 */
export interface HistoryMatchers<R = unknown> {
  /** The property holds of the history. */
  toHold(property: Property): R;
  /**
   * Some order of the operations explains every answer of the model. `object` picks one object; without it each object is
   * checked for itself.
   */
  toBeLinearizable(model: Model<any>, options?: { readonly object?: string }): R;
}

declare module "vitest" {
  interface Matchers<T = any> extends HistoryMatchers<T> {}
}

expect.extend({
  toHold(received: unknown, property: Property) {
    return verdictOn(received, property, "toHold");
  },
  toBeLinearizable(received: unknown, model: Model<any>, options: { readonly object?: string } = {}) {
    return verdictOn(received, linearizability({ ...options, model }), "toBeLinearizable");
  },
});

function verdictOn(received: unknown, property: Property, matcher: string): { pass: boolean; message: () => string } {
  const history = historyFrom(received, matcher);
  const violation = property.check(history);
  if (violation !== null) return { pass: false, message: () => describe(violation, property, history) };
  return {
    pass: true,
    message: () => `expected a violation of ${property.name}, but it holds: ${property.claim}`,
  };
}

/** @throws {TypeError} it is neither a history nor a list of operations */
function historyFrom(received: unknown, matcher: string): History {
  const given: Partial<History> = Array.isArray(received) ? { operations: received } : (received ?? {});
  const { operations } = given;
  if (!Array.isArray(operations) || operations.some((operation) => typeof operation?.invoked !== "number")) {
    throw new TypeError(
      `${matcher} was given ${shown(received)}, which is no history. Pass { operations, ... } or a list of operations.`,
    );
  }
  return { input: undefined, processes: [], final: undefined, ...given, operations };
}

function describe({ message, operations }: Violation, property: Property, history: History): string {
  const shownOnes = history.operations.filter(({ id }) => operations.includes(id));
  const lines = shownOnes.slice(0, OPERATIONS_MAX).map(describeOperation);
  const more = shownOnes.length > OPERATIONS_MAX ? [`  and ${shownOnes.length - OPERATIONS_MAX} more`] : [];
  const head = [message, "", `  ${property.name}: ${property.claim}`];
  return [...head, ...(lines.length === 0 ? [] : ["", ...lines]), ...more].join("\n");
}

/** "  7–12  consumer 1  orders.get() → 3": when it was invoked and returned, who, what. */
function describeOperation({
  process,
  object,
  operation,
  args,
  result,
  outcome,
  invoked,
  returned,
}: Operation): string {
  const call = `${object === null ? "" : `${object}.`}${operation}(${args.map(shown).join(", ")})`;
  const end = {
    returned: result === undefined ? "" : ` → ${shown(result)}`,
    threw: ` ✗ ${String(result)}`,
    pending: " …",
  };
  return `  ${invoked}–${returned ?? ""}  ${process}  ${call}${end[outcome]}`;
}

/** A message shows at most so many operations. */
const OPERATIONS_MAX = 20;
