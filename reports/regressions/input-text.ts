import { inspect } from "node:util";

/**
 * A generated input as one line of text. What JSON has is JSON; `undefined`, big integers, NaN, the infinities and -0 are
 * written as `{"$": "..."}`. Anything else (a Map, an instance of a class) is only described: the token can still replay it.
 */
export function writeInput(value: unknown): string {
  try {
    return JSON.stringify(encode(value, 0));
  } catch (error) {
    if (!(error instanceof NotPlainData)) throw error;
    return `<${inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, compact: true }).replace(/\s+/g, " ")}>`;
  }
}

/** The value of a written input; null if it was only described. Throws a SyntaxError if it is neither. */
export function readInput(text: string): { readonly value: unknown } | null {
  if (text.startsWith("<") && text.endsWith(">")) return null;
  return { value: decode(JSON.parse(text)) };
}

const depthMax = 100;

class NotPlainData extends Error {}

function encode(value: unknown, depth: number): unknown {
  if (depth > depthMax) throw new NotPlainData();
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return { $: "undefined" };
    case "bigint":
      return { $: `${value}n` };
    case "number":
      if (Object.is(value, -0)) return { $: "-0" };
      return Number.isFinite(value) ? value : { $: String(value) };
    case "object":
      if (value === null) return null;
      if (Array.isArray(value)) return Array.from(value, (item) => encode(item, depth + 1));
      return encodeObject(value, depth);
    default:
      throw new NotPlainData();
  }
}

function encodeObject(value: object, depth: number): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  const named = "$" in value || Object.hasOwn(value, "__proto__");
  if ((prototype !== Object.prototype && prototype !== null) || named) throw new NotPlainData();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item, depth + 1)]));
}

function decode(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => decode(item));
  const special = (value as { $?: unknown }).$;
  if (typeof special !== "string") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
  }
  if (special === "undefined") return undefined;
  return /^-?\d+n$/.test(special) ? BigInt(special.slice(0, -1)) : Number(special);
}
