/** Reading what is passed to the functions of `fs`. */

/** An encoding, or an object that may hold one. */
export type OperationOptions =
  | string
  | null
  | undefined
  | {
      readonly encoding?: string | null;
      readonly flag?: string | number;
      readonly flags?: string | number;
      readonly mode?: number | string;
      readonly flush?: boolean;
      readonly signal?: AbortSignal;
    };

/** Null for plain bytes. */
export function encodingOf(options: OperationOptions): BufferEncoding | null {
  const encoding = typeof options === "object" && options !== null ? options.encoding : options;
  return encoding === undefined || encoding === null || encoding === "buffer" ? null : (encoding as BufferEncoding);
}

/** @throws {TypeError} as Node does, for what is neither text nor bytes */
export function bytesOf(data: unknown, encoding: BufferEncoding): Buffer {
  if (typeof data === "string") return Buffer.from(data, encoding);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw Object.assign(
    new TypeError(
      `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${data === null ? "null" : typeof data}`,
    ),
    { code: "ERR_INVALID_ARG_TYPE" },
  );
}

/** Times are passed to `utimes` in seconds, as text or as a date. */
export function millisecondsOf(time: unknown): number {
  if (time instanceof Date) return time.getTime();
  const seconds = Number(time);
  if (Number.isNaN(seconds)) {
    throw Object.assign(
      new TypeError(`The "time" argument must be an instance of Date or a number. Received ${String(time)}`),
      {
        code: "ERR_INVALID_ARG_TYPE",
      },
    );
  }
  return Math.round(seconds * 1e6) / 1e3;
}
