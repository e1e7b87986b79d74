/**
 * Small plain values as text: objects, arrays, strings, finite numbers, booleans, null and undefined, each exactly as it was.
 * What is something else, or has more parts than would be worth it, is not for this coding: then it answers null.
 *
 * Messages of one program have few shapes. So the keys of an object stand together, in front of its values, and both sides
 * remember the last shape: its keys are compared and not built again. That takes a fifth of the time of JSON, whose parser
 * reads every key anew; the structured clone is slower still.
 */
export function plainTextOf(value: object): string | null {
  // A getter may have thrown in an earlier call.
  out = "";
  metCount = 0;
  const whole = write(value, PARTS_MAX) >= 0;
  const text = out;
  out = "";
  // Nobody's objects are kept alive from here.
  while (metCount > 0) met[--metCount] = null;
  return whole ? text : null;
}

/** The value that `text` was made of. */
export function plainValueOf(text: string): unknown {
  input = text;
  at = 0;
  const value = read();
  input = "";
  return value;
}

const PARTS_MAX = 64;

// What the current call writes or reads, and the objects that it has met. Nothing awaits in between.
let out = "";
let input = "";
let at = 0;
const met: (object | null)[] = [];
let metCount = 0;

interface Shape {
  readonly keys: readonly string[];
  /** The keys as they are written: how many, and each with KEY_END behind it. */
  readonly text: string;
}

const KEY_END = "\0";
let lastWritten: Shape = { keys: [], text: "0:" };
let lastRead: Shape = lastWritten;

/** Writes `value`; returns how many parts may still come, negative if it is not for this coding. */
function write(value: unknown, partsMax: number): number {
  const left = partsMax - 1;
  switch (typeof value) {
    case "string":
      out += `s${value.length}:${value}`;
      return left;
    case "number":
      if (!Number.isFinite(value) || Object.is(value, -0)) return -1;
      out += `d${value};`;
      return left;
    case "boolean":
      out += value ? "t" : "f";
      return left;
    case "undefined":
      out += "u";
      return left;
    case "object":
      if (value === null) {
        out += "n";
        return left;
      }
      // An object that is reached twice has to arrive as one object.
      for (let index = 0; index < metCount; index++) if (met[index] === value) return -1;
      if (left < 0) return -1;
      met[metCount++] = value;
      return Array.isArray(value) ? writeArray(value, left) : writeObject(value as Record<string, unknown>, left);
    default:
      return -1;
  }
}

function writeArray(array: readonly unknown[], partsMax: number): number {
  // Holes and further properties are for the structured clone.
  if (array.length > partsMax || Object.keys(array).length !== array.length) return -1;
  out += `a${array.length}:`;
  let left = partsMax;
  for (let index = 0; index < array.length && left >= 0; index++) left = write(array[index], left);
  return left;
}

function writeObject(object: Record<string, unknown>, partsMax: number): number {
  if (Object.getPrototypeOf(object) !== Object.prototype) return -1;
  const keys = Object.keys(object);
  if (!isShape(lastWritten, keys)) {
    if (keys.some((key) => key === "__proto__" || key.includes(KEY_END))) return -1;
    lastWritten = { keys, text: `${keys.length}:${keys.map((key) => key + KEY_END).join("")}` };
  }
  out += `o${lastWritten.text}`;
  let left = partsMax;
  for (let index = 0; index < keys.length && left >= 0; index++) left = write(object[keys[index]], left);
  return left;
}

function isShape(shape: Shape, keys: readonly string[]): boolean {
  if (shape.keys.length !== keys.length) return false;
  for (let index = 0; index < keys.length; index++) if (shape.keys[index] !== keys[index]) return false;
  return true;
}

function read(): unknown {
  switch (input[at++]) {
    case "s": {
      const length = readCount();
      at += length;
      return input.slice(at - length, at);
    }
    case "d": {
      const start = at;
      at = input.indexOf(";", start) + 1;
      return Number(input.slice(start, at - 1));
    }
    case "t":
      return true;
    case "f":
      return false;
    case "u":
      return undefined;
    case "n":
      return null;
    case "a":
      return readArray();
    default:
      return readObject();
  }
}

function readArray(): unknown[] {
  const length = readCount();
  const array: unknown[] = [];
  for (let index = 0; index < length; index++) array.push(read());
  return array;
}

function readObject(): object {
  const { keys } = readShape();
  const object: Record<string, unknown> = {};
  for (let index = 0; index < keys.length; index++) object[keys[index]] = read();
  return object;
}

function readShape(): Shape {
  if (input.startsWith(lastRead.text, at)) {
    at += lastRead.text.length;
    return lastRead;
  }
  const start = at;
  const keys: string[] = [];
  for (let left = readCount(); left > 0; left--) {
    const end = input.indexOf(KEY_END, at);
    keys.push(input.slice(at, end));
    at = end + 1;
  }
  return (lastRead = { keys, text: input.slice(start, at) });
}

/** A number of digits up to a colon. */
function readCount(): number {
  let count = 0;
  for (;;) {
    const digit = input.charCodeAt(at++) - 48;
    if (digit > 9) return count;
    count = count * 10 + digit;
  }
}
