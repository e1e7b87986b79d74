/**
 * Values as numbers. A checker that looks at a million operations compares values by the million, so each distinct value
 * gets one code: 0 for undefined, n + 1 for a whole number n from 0 to 2^30 - 1, and a negative number for anything else,
 * which is kept in a table. Two values have the same code exactly if `canonical` writes them the same way.
 */
export class Values {
  readonly #table: unknown[] = [];
  readonly #codes = new Map<string | number, number>();

  static from(table: readonly unknown[]): Values {
    const values = new Values();
    for (const value of table) values.code(value);
    return values;
  }

  code(value: unknown): number {
    if (value === undefined) return NOTHING;
    if (
      typeof value === "number" &&
      Number.isInteger(value) &&
      value >= 0 &&
      value < WHOLE_MAX &&
      !Object.is(value, -0)
    ) {
      return value + 1;
    }
    const key = canonical(value);
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    this.#table.push(value);
    const code = -this.#table.length;
    this.#codes.set(key, code);
    return code;
  }

  value(code: number): unknown {
    if (code === NOTHING) return undefined;
    return code > 0 ? code - 1 : this.#table[-code - 1];
  }

  /** The values with negative codes, in the order -1, -2, ... */
  get table(): readonly unknown[] {
    return this.#table;
  }
}

/** The code of undefined. */
export const NOTHING = 0;

const WHOLE_MAX = 2 ** 30;

/**
 * One spelling for equal values, distinct spellings for distinct ones, whatever the order of an object's keys. Numbers
 * stand for themselves, since that is what most states and values are.
 */
export function canonical(value: unknown): string | number {
  if (typeof value === "number") return Object.is(value, -0) || Number.isNaN(value) ? spelled(value) : value;
  return spelled(value);
}

/** Whether a recorded value is the expected one. JSON has no undefined, so that null stands for it too. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  const left = a ?? null;
  const right = b ?? null;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  return canonical(left) === canonical(right);
}

function spelled(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : spelledObject(value);
    case "undefined":
      return "undefined";
    default:
      return String(value);
  }
}

function spelledObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(spelled).join(",")}]`;
  if (value instanceof Map)
    return `Map{${[...value]
      .map(([k, v]) => `${spelled(k)}:${spelled(v)}`)
      .sort()
      .join(",")}}`;
  if (value instanceof Set) return `Set{${[...value].map(spelled).sort().join(",")}}`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}(${bytes.join(",")})`;
  }
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${spelled(field)}`).join(",")}}`;
}
