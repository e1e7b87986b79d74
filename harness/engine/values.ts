import { Deserializer, deserialize, serialize } from "node:v8";
import { inspect } from "node:util";
import { H, LIMITS, PARTS, type LaneMemory } from "./lane-memory.ts";
import type { Names } from "./names.ts";

/**
 * Values in the lane's memory: two words each, a tag and a payload. What is common in histories (small integers, truth
 * values, short strings) fits into the two words; everything else goes into the run's text.
 */
export class Values {
  readonly #memory: LaneMemory;
  readonly #names: Names;

  constructor(memory: LaneMemory, names: Names) {
    this.#memory = memory;
    this.#names = names;
  }

  /** Writes `value` at word `index` and the one after it. Values that cannot be copied are kept as their description. */
  write(index: number, value: unknown): void {
    const { words } = this.#memory;
    if (value instanceof ClonedValue) {
      this.#writeBytes(index, TAG.cloned, value.bytes);
      return;
    }
    switch (typeof value) {
      case "undefined":
        words[index] = TAG.undefined;
        words[index + 1] = 0;
        return;
      case "boolean":
        words[index] = value ? TAG.true : TAG.false;
        words[index + 1] = 0;
        return;
      case "number":
        if ((value | 0) === value && !Object.is(value, -0)) {
          words[index] = TAG.integer;
          words[index + 1] = value;
          return;
        }
        break;
      case "string":
        if (value.length <= NAME_LENGTH_MAX && words[H.names] < LIMITS.namesMax / 2) {
          words[index] = TAG.name;
          words[index + 1] = this.#names.intern(value);
          return;
        }
        this.#writeBytes(index, TAG.text, encoder.encode(value));
        return;
      default:
        if (value === null) {
          words[index] = TAG.null;
          words[index + 1] = 0;
          return;
        }
    }
    this.#writeBytes(index, ...structured(value));
  }

  read(index: number): unknown {
    const { words, bytes } = this.#memory;
    const payload = words[index + 1];
    switch (words[index]) {
      case TAG.null:
        return null;
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.integer:
        return payload;
      case TAG.name:
        return this.#names.text(payload);
      case TAG.text:
        return decoder.decode(this.#bytesAt(payload));
      case TAG.structured:
        return deserialize(bytes.slice(PARTS.text + payload + 4, PARTS.text + payload + 4 + this.#lengthAt(payload)));
      case TAG.cloned:
        return deserializeCloned(this.#bytesAt(payload).slice());
      case TAG.described:
        return `[${decoder.decode(this.#bytesAt(payload))}]`;
      default:
        return undefined;
    }
  }

  /**
   * What the run has put into its text so far, in order, each as bytes that are the same for the same value. V8 writes a whole
   * number in one of two ways, depending on what other objects of that shape have held, so its own bytes will not do.
   */
  *recorded(): Generator<Uint8Array> {
    const { words } = this.#memory;
    for (let offset = 0; offset < words[H.textUsed];) {
      const bytes = this.#bytesAt(offset);
      yield this.#canonical(this.#tagAt(offset), bytes);
      offset += 4 + Math.ceil(bytes.byteLength / 4) * 4;
    }
  }

  #canonical(tag: number, bytes: Uint8Array): Uint8Array {
    if (tag === TAG.structured) return encoder.encode(inspect(deserialize(bytes), WHOLE));
    if (tag === TAG.cloned) return encoder.encode(inspect(deserializeCloned(bytes.slice()), WHOLE));
    return bytes;
  }

  #writeBytes(index: number, tag: number, source: Uint8Array): void {
    const { words, bytes } = this.#memory;
    const length = 4 + Math.ceil(source.byteLength / 4) * 4;
    const offset = Atomics.add(words, H.textUsed, length);
    if (offset + length > LIMITS.textBytesMax) {
      Atomics.sub(words, H.textUsed, length);
      throw new TextLimitError();
    }
    words[(PARTS.text + offset) >> 2] = source.byteLength | (tag << TAG_SHIFT);
    bytes.set(source, PARTS.text + offset + 4);
    words[index] = tag;
    words[index + 1] = offset;
  }

  #lengthAt(offset: number): number {
    return this.#memory.words[(PARTS.text + offset) >> 2] & ((1 << TAG_SHIFT) - 1);
  }

  #tagAt(offset: number): number {
    return this.#memory.words[(PARTS.text + offset) >> 2] >>> TAG_SHIFT;
  }

  #bytesAt(offset: number): Uint8Array {
    const start = PARTS.text + offset + 4;
    return this.#memory.bytes.subarray(start, start + this.#lengthAt(offset));
  }
}

/** What `v8.Serializer` makes of a value: unlike `v8.serialize`, with views of one buffer that stay views of one. */
export class ClonedValue {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

function deserializeCloned(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

/** The run's texts and values are more than a lane has room for. */
export class TextLimitError extends Error {
  constructor() {
    super(
      `one run recorded more than ${LIMITS.textBytesMax} bytes of values and prints (limit: textBytesMax). ` +
        "Return less from operations, or print less.",
    );
  }
}

const NAME_LENGTH_MAX = 24;
/** A text's first word holds its length in bytes, below 2^28 (`textBytesMax`), and above that its tag. */
const TAG_SHIFT = 28;
const WHOLE = { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: Infinity } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whether the payload of a value with this tag is the value itself. */
export function hasOwnPayload(tag: number): boolean {
  return tag === TAG.integer || tag === TAG.name;
}

/** Values with this tag or a higher one have an offset into the run's text for a payload. */
export const FIRST_TEXT_TAG = 6;

const TAG = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  integer: 4,
  name: 5,
  text: 6,
  structured: 7,
  described: 8,
  cloned: 9,
} as const;

function structured(value: unknown): [number, Uint8Array] {
  try {
    return [TAG.structured, serialize(value)];
  } catch {
    return [TAG.described, encoder.encode(inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 200))];
  }
}
