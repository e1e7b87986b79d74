import { inspect } from "node:util";

/**
 * Plain data as text, the same text for the same data: JSON, and beyond it what JSON has no words for, such as 7n, Dates
 * and Maps. It names inputs, tells them apart, and says how large they are.
 */
export function dataText(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === "bigint") return `${inner}n`;
      if (inner instanceof Map || inner instanceof Set) return [inner.constructor.name, ...inner];
      return inner;
    });
    return text ?? String(value);
  } catch {
    return inspect(value, { depth: 8, breakLength: Infinity });
  }
}

/** As `dataText`, at most `length` characters of it. */
export function shortDataText(value: unknown, length = 200): string {
  const text = dataText(value);
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
