import type { Operation } from "../harness/history.ts";

/** "1 ticket", "2 tickets". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}

/** An operation as a person would write it down: `consumer 2's get() → 3`, and no arrow where nothing came back. */
export function spoken(operation: Operation): string {
  const call = `${operation.process}'s ${operation.operation}(${operation.args.map(shown).join(", ")})`;
  if (operation.outcome === "pending") return call;
  if (operation.outcome === "threw") return `${call}, which threw`;
  return operation.result === undefined ? call : `${call} → ${shown(operation.result)}`;
}

/** A value in a message: JSON where it has one, cut where it is long. */
export function shown(value: unknown): string {
  return cut(typeof value === "string" ? JSON.stringify(value) : (JSON.stringify(value) ?? String(value)));
}

/** A text as far as it has a place in a sentence. */
export function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX - 1)}…`;
}

const SHOWN_CHARACTERS_MAX = 40;
