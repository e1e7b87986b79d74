/**
 * Small plain values as bytes: objects, arrays, strings, finite numbers, booleans, null and undefined, each exactly as it was.
 * What is something else, or larger than would be worth it, is not for this coding: then it answers 0.
 *
 * Calls out of JavaScript and fresh objects take most of the time of a small message. So a value is written, four bytes at a
 * time, into a buffer that is there already, and read where it lies. Messages of one program have few shapes: an object's keys
 * stand together in front of its values, both sides remember which shapes came after which, and what comes is compared with
 * that and not built again.
 *
 * The answer is how many bytes of `written` are the value, until the next call.
 */
export function plainBytesOf(value: object): number {
  // A getter of the value's may send something itself.
  if (isWriting) return 0;
  isWriting = true;
  at = 0;
  lastWritten = FIRST_WRITTEN;
  try {
    return write(value, PARTS_MAX) < 0 ? 0 : at * 4;
  } finally {
    // Nobody's objects are kept alive from here.
    while (metCount > 0) met[--metCount] = null;
    isWriting = false;
  }
}

/** The value whose bytes begin at word `start`; `words` and `bytes` are the same memory. */
export function plainValueOf(words: Int32Array, bytes: Buffer, start: number): unknown {
  input = words;
  inputBytes = bytes;
  at = start;
  lastRead = FIRST_READ;
  const value = read();
  input = writtenWords;
  inputBytes = written;
  return value;
}

const PARTS_MAX = 64;
const WORDS_MAX = 1024;
/** A part without its text and keys takes at most so many words. */
const PART_WORDS = 4;

/** What `plainBytesOf` has written. */
export const written = Buffer.from(new ArrayBuffer(WORDS_MAX * 4));
/** The same, four at a time. */
export const writtenWords = new Int32Array(written.buffer);

// What the current call writes or reads, and the objects that it has met. Nothing awaits in between.
let input: Int32Array = writtenWords;
let inputBytes: Buffer = written;
/** In words. */
let at = 0;
const met: (object | null)[] = [];
let metCount = 0;
let isWriting = false;

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);

// A part begins with a word: what it is in the first byte, and how much of it there is above. Text fills up its last word.
const KIND_BITS = 8;
const KIND = 2 ** KIND_BITS - 1;
const NULL = 0;
const UNDEFINED = 1;
const FALSE = 2;
const TRUE = 3;
/** The number itself above, where 24 bits are enough for it. */
const SMALL_INT = 4;
const INT = 5;
const DOUBLE = 6;
/** Length, and a byte for each character. */
const NARROW = 7;
/** Length, and two bytes for each. */
const WIDE = 8;
const ARRAY = 9;
/** How many bytes all keys take, the keys, the values. */
const OBJECT = 10;
/** The same with two bytes for each character of the keys. */
const WIDE_OBJECT = 11;

/** The keys of an object, and how they are written, with the word in front. */
interface Shape {
  readonly keys: readonly string[];
  readonly words: Int32Array;
  /** The shape that came after this one, the last time that it was a new one. */
  next: Shape | null;
  /** The one that was `next` before: messages of several kinds may come in turns. */
  other: Shape | null;
}

const FIRST_WRITTEN: Shape = { keys: [], words: new Int32Array(0), next: null, other: null };
const FIRST_READ: Shape = { ...FIRST_WRITTEN };
let lastWritten = FIRST_WRITTEN;
let lastRead = FIRST_READ;

/** Shapes that are remembered after any other one. */
const SHAPES_MAX = 4;

function remembered(before: Shape, shape: Shape): Shape {
  shape.other = before.next;
  before.next = shape;
  let last = shape;
  for (let count = 1; count < SHAPES_MAX && last.other !== null; count++) last = last.other;
  last.other = null;
  return shape;
}

/** Writes `value`; returns how many parts may still come, negative if it is not for this coding. */
function write(value: unknown, partsMax: number): number {
  const left = partsMax - 1;
  if (left < 0 || at + PART_WORDS > WORDS_MAX) return -1;
  switch (typeof value) {
    case "string":
      return writeString(value) ? left : -1;
    case "number":
      return writeNumber(value) ? left : -1;
    case "boolean":
      writtenWords[at++] = value ? TRUE : FALSE;
      return left;
    case "undefined":
      writtenWords[at++] = UNDEFINED;
      return left;
    case "object":
      if (value === null) {
        writtenWords[at++] = NULL;
        return left;
      }
      // An object that is reached twice has to arrive as one object.
      for (let index = 0; index < metCount; index++) if (met[index] === value) return -1;
      met[metCount++] = value;
      return Array.isArray(value) ? writeArray(value, left) : writeObject(value as Record<string, unknown>, left);
    default:
      return -1;
  }
}

function writeNumber(value: number): boolean {
  if ((value | 0) === value && !Object.is(value, -0)) {
    if ((value << KIND_BITS) >> KIND_BITS === value) {
      writtenWords[at++] = (value << KIND_BITS) | SMALL_INT;
      return true;
    }
    writtenWords[at] = INT;
    writtenWords[at + 1] = value;
    at += 2;
    return true;
  }
  if (!Number.isFinite(value) || value === 0) return false;
  double[0] = value;
  writtenWords[at] = DOUBLE;
  writtenWords[at + 1] = doubleWords[0];
  writtenWords[at + 2] = doubleWords[1];
  at += 3;
  return true;
}

function writeString(value: string): boolean {
  const { length } = value;
  const start = at;
  // Even if each character takes two bytes.
  if (start + PART_WORDS + wordsOf(2 * length) > WORDS_MAX) return false;
  const first = (start + 1) * 4;
  writtenWords[start] = (length << KIND_BITS) | NARROW;
  at = start + 1 + wordsOf(length);
  // As many bytes as characters: all of them are ASCII, and the same in every coding.
  if (length > LONG && written.write(value, first, "utf8") === length) return true;
  const out = written;
  for (let index = 0; index < length; index++) {
    const unit = value.charCodeAt(index);
    if (unit > 0xff) {
      writeWide(value, start);
      return true;
    }
    out[first + index] = unit;
  }
  return true;
}

/** From here on a call out of JavaScript is worth it. */
const LONG = 40;

function writeWide(value: string, start: number): void {
  const { length } = value;
  writtenWords[start] = (length << KIND_BITS) | WIDE;
  at = start + 1 + wordsOf(2 * length);
  let position = (start + 1) * 4;
  for (let index = 0; index < length; index++) {
    const unit = value.charCodeAt(index);
    written[position++] = unit;
    written[position++] = unit >> 8;
  }
}

function writeArray(array: readonly unknown[], partsMax: number): number {
  // Holes and further properties are for the structured clone.
  if (array.length > partsMax || Object.keys(array).length !== array.length) return -1;
  writtenWords[at++] = (array.length << KIND_BITS) | ARRAY;
  let left = partsMax;
  for (let index = 0; index < array.length && left >= 0; index++) left = write(array[index], left);
  return left;
}

function writeObject(object: Record<string, unknown>, partsMax: number): number {
  if (Object.getPrototypeOf(object) !== Object.prototype) return -1;
  const known = knownShapeOf(object);
  const shape = known ?? newShapeOf(object);
  if (!writeKeys(shape)) return -1;
  lastWritten = shape;
  let left = partsMax;
  // The faster way through an object, where that shows its keys and no inherited ones.
  if (known !== null) for (const key in object) left = left < 0 ? left : write(object[key], left);
  else for (const key of shape.keys) left = left < 0 ? left : write(object[key], left);
  return left;
}

function knownShapeOf(object: object): Shape | null {
  let shape = lastWritten.next;
  while (shape !== null && !isShapeOf(shape.keys, object)) shape = shape.other;
  return shape;
}

function isShapeOf(keys: readonly string[], object: object): boolean {
  let index = 0;
  for (const key in object) if (key !== keys[index++]) return false;
  return index === keys.length;
}

function newShapeOf(object: object): Shape {
  const keys = Object.keys(object);
  return remembered(lastWritten, { keys, words: keyWords(keys), next: null, other: null });
}

function writeKeys({ words }: Shape): boolean {
  const first = at;
  if (words.length + PART_WORDS > WORDS_MAX - first) return false;
  const out = writtenWords;
  for (let index = 0; index < words.length; index++) out[first + index] = words[index];
  at = first + words.length;
  return true;
}

/** Too many where a key cannot be written, and for the key that an assignment takes for something else. */
function keyWords(keys: readonly string[]): Int32Array {
  if (keys.includes("__proto__")) return TOO_MANY;
  const text = keys.map((key) => `${key.length}:${key}`).join("");
  const narrow = Buffer.from(text, "latin1");
  const isNarrow = narrow.toString("latin1") === text;
  const bytes = isNarrow ? narrow : Buffer.from(text, "utf16le");
  if (bytes.length > written.length) return TOO_MANY;
  const words = new Int32Array(1 + wordsOf(bytes.length));
  words[0] = (bytes.length << KIND_BITS) | (isNarrow ? OBJECT : WIDE_OBJECT);
  new Uint8Array(words.buffer).set(bytes, 4);
  return words;
}

const TOO_MANY = new Int32Array(WORDS_MAX);

/** Words that so many bytes take. */
function wordsOf(byteLength: number): number {
  return (byteLength + 3) >> 2;
}

function read(): unknown {
  const head = input[at++];
  const count = head >>> KIND_BITS;
  switch (head & KIND) {
    case NULL:
      return null;
    case UNDEFINED:
      return undefined;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case SMALL_INT:
      return head >> KIND_BITS;
    case INT:
      return input[at++];
    case DOUBLE:
      doubleWords[0] = input[at++];
      doubleWords[1] = input[at++];
      return double[0];
    case NARROW:
      return readNarrow(count);
    case WIDE: {
      const start = at * 4;
      at += wordsOf(2 * count);
      return inputBytes.toString("utf16le", start, start + 2 * count);
    }
    case ARRAY:
      return readArray(count);
    default:
      return readObject(at - 1, 1 + wordsOf(count));
  }
}

function readNarrow(count: number): string {
  const bytes = inputBytes;
  const i = at * 4;
  at += wordsOf(count);
  // Short strings are made in JavaScript, for the same reason.
  const char = String.fromCharCode;
  switch (count) {
    case 0:
      return "";
    case 1:
      return char(bytes[i]);
    case 2:
      return char(bytes[i], bytes[i + 1]);
    case 3:
      return char(bytes[i], bytes[i + 1], bytes[i + 2]);
    case 4:
      return char(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]);
    case 5:
      return char(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3], bytes[i + 4]);
    case 6:
      return char(bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3], bytes[i + 4], bytes[i + 5]);
    default:
      return bytes.toString("latin1", i, i + count);
  }
}

function readArray(length: number): unknown[] {
  const array: unknown[] = [];
  for (let index = 0; index < length; index++) array.push(read());
  return array;
}

function readObject(start: number, length: number): object {
  const { keys } = (lastRead = shapeAt(start, length));
  at = start + length;
  const object: Record<string, unknown> = {};
  for (let index = 0; index < keys.length; index++) object[keys[index]] = read();
  return object;
}

function shapeAt(start: number, length: number): Shape {
  for (let shape = lastRead.next; shape !== null; shape = shape.other) if (isAt(shape.words, start)) return shape;
  const words = input.slice(start, start + length);
  const coding = (words[0] & KIND) === OBJECT ? "latin1" : "utf16le";
  const from = (start + 1) * 4;
  const keys = keysOf(inputBytes.toString(coding, from, from + (words[0] >>> KIND_BITS)));
  return remembered(lastRead, { keys, words, next: null, other: null });
}

function isAt(words: Int32Array, start: number): boolean {
  const from = input;
  for (let index = 0; index < words.length; index++) if (words[index] !== from[start + index]) return false;
  return true;
}

function keysOf(text: string): string[] {
  const keys: string[] = [];
  for (let position = 0; position < text.length;) {
    const colon = text.indexOf(":", position);
    position = colon + 1 + Number(text.slice(position, colon));
    keys.push(text.slice(colon + 1, position));
  }
  return keys;
}
