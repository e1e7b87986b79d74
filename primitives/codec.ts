import { deserialize, serialize } from "node:v8";
import { DecodeError, NotSharableError } from "./errors.ts";
import { freshBytes } from "./memory/fresh-bytes.ts";
import { plainBytesOf, written } from "./plain-bytes.ts";

/**
 * How values become bytes. Common small things have codings of their own, because the structured clone takes about a
 * microsecond however small its value is; everything else is structured-cloned (node:v8), which keeps Maps, Dates, typed
 * arrays, cycles and undefined. What it refuses (functions, primitives of this package) is refused at the sender.
 */
export interface Coded {
  readonly tag: number;
  /** The whole value, if `tag` says so. */
  readonly inline: number;
  readonly body: Body;
  /** Length of the body; of text, in UTF-8. */
  readonly byteLength: number;
}

/**
 * Text is written into shared memory as UTF-8, and read from there, without a copy in between. Of `written`, which holds a plain
 * value until the next one is encoded, the first `byteLength` bytes count; see `kept`.
 */
export type Body = Uint8Array | string;

/** The same with a body that lasts: for one who waits, and lets others encode meanwhile. */
export function kept(value: Coded): Coded {
  if (value.body !== written) return value;
  const body = freshBytes(value.byteLength);
  body.set(written.subarray(0, value.byteLength));
  return { ...value, body };
}

export function encode(value: unknown): Coded {
  switch (typeof value) {
    case "number":
      if ((value | 0) === value && !Object.is(value, -0)) {
        return { tag: INTEGER, inline: value, body: NOTHING, byteLength: 0 };
      }
      break;
    case "boolean":
      return value ? TRUE : FALSE;
    case "undefined":
      return UNDEFINED;
    case "string":
      return codedText(value) ?? coded(CLONED, cloned(value));
    case "object":
      if (value === null) return NULL;
      if (value.constructor === Uint8Array) return coded(BYTES, value);
      return encodeObject(value) ?? coded(CLONED, cloned(value));
    default:
  }
  return coded(CLONED, cloned(value));
}

function encodeObject(value: object): Coded | null {
  const byteLength = plainBytesOf(value);
  return byteLength === 0 ? null : { tag: PLAIN, inline: 0, body: written, byteLength };
}

/** @param body a copy that nobody else uses: it may become the value itself; of a plain value, that value */
export function decode(tag: number, inline: number, body: unknown): unknown {
  switch (tag) {
    case INTEGER:
      return inline;
    case CONSTANT:
      return CONSTANTS[inline];
    case STRING:
    case PLAIN:
    case BYTES:
      return body;
    case RAW:
      throw new DecodeError("it was sent as bytes");
    default:
      try {
        return deserialize(body as Uint8Array);
      } catch (error) {
        throw new DecodeError((error as Error).message);
      }
  }
}

/** Bytes as they are, no value: for `bytesOf`. */
export function codedBytes(bytes: Uint8Array): Coded {
  return coded(RAW, bytes);
}

/** The bytes of a message that was sent as bytes. */
export function bytesOf(tag: number, body: unknown): Uint8Array {
  if (tag !== RAW) throw new DecodeError("it was sent as a value, not as bytes");
  return body as Uint8Array;
}

const INTEGER = 1;
const CONSTANT = 2;
const STRING = 3;
const BYTES = 4;
const CLONED = 5;
/** Bytes that are no value: from sendBytes, for recvBytes. */
const RAW = 6;
/** A plain value: whoever reads the body reads the value; see plain-bytes.ts. */
export const PLAIN = 7;
const NOTHING = new Uint8Array(0);
const CONSTANTS = [undefined, null, false, true];
const UNDEFINED: Coded = { tag: CONSTANT, inline: 0, body: NOTHING, byteLength: 0 };
const NULL: Coded = { tag: CONSTANT, inline: 1, body: NOTHING, byteLength: 0 };
const FALSE: Coded = { tag: CONSTANT, inline: 2, body: NOTHING, byteLength: 0 };
const TRUE: Coded = { tag: CONSTANT, inline: 3, body: NOTHING, byteLength: 0 };

function coded(tag: number, body: Uint8Array): Coded {
  return { tag, inline: 0, body, byteLength: body.byteLength };
}

/** Half surrogate pairs do not survive UTF-8, but the structured clone: null for text that has any. */
function codedText(body: string): Coded | null {
  const byteLength = Buffer.byteLength(body, "utf8");
  return byteLength === body.length || body.isWellFormed() ? { tag: STRING, inline: 0, body, byteLength } : null;
}

function cloned(value: unknown): Uint8Array {
  try {
    return serialize(value);
  } catch (error) {
    throw new NotSharableError("this value", (error as Error).message);
  }
}
