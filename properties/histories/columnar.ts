import { NEVER, type Columns, emptyColumns, ordered } from "../columns.ts";
import { Values } from "../values.ts";
import { HistoryFileError, type Recording } from "./recording.ts";

/**
 * The columnar file: a history as the checkers hold it, so that a million operations are read in the time that it takes to copy
 * them. All numbers are 32-bit, little-endian.
 *
 *     8 bytes   "FKHIST1\n"
 *     4 bytes   length of the header in bytes, a multiple of 4
 *     header    JSON, filled up with blanks: { "count": N, "processes": [...], "names": [...], "objects": [...], "values": [...] }
 *     9 columns of N numbers each: invoked, returned (-1: never), process, name, object, argument count, argument, result,
 *               threw (1 if it did, and the result is then the error's text)
 *
 * Processes, names and objects are indices into the header's lists. Arguments and results are codes: 0 for none, n + 1 for a
 * whole number n below 2^30, -1 - i for the i-th of the values; several arguments are the code of their array. Rows are in
 * the order of `invoked`; an operation's identifier is its row.
 */
export function writeColumnar({ columns, object, objects }: Recording): Uint8Array {
  const { count } = columns;
  const header = JSON.stringify({
    count,
    processes: columns.processes,
    names: columns.names,
    objects,
    values: columns.values.table,
  });
  const text = new TextEncoder().encode(header);
  const length = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(PREFIX_BYTES + length + COLUMNS * 4 * count);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(8, length, true);
  bytes.fill(32, PREFIX_BYTES, PREFIX_BYTES + length);
  bytes.set(text, PREFIX_BYTES);
  const numbers = new Int32Array(bytes.buffer, PREFIX_BYTES + length);
  const returned = columns.ret.map((position) => (position === NEVER ? -1 : position));
  const list = [
    columns.call,
    returned,
    columns.process,
    columns.name,
    object,
    columns.argumentCount,
    columns.argument,
    columns.result,
    columns.threw,
  ];
  for (const [at, column] of list.entries()) numbers.set(column.subarray(0, count), at * count);
  return bytes;
}

/** @throws {HistoryFileError} if the bytes are no columnar history, or not all of one. */
export function readColumnar(bytes: Uint8Array): Recording {
  if (!isColumnar(bytes)) throw damaged("It does not begin like a columnar history.");
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
  const header = headerOf(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length));
  const { count } = header;
  const start = PREFIX_BYTES + length;
  if (bytes.length !== start + COLUMNS * 4 * count) {
    throw damaged(`It has ${bytes.length} bytes, and ${count} operations take ${start + COLUMNS * 4 * count}.`);
  }
  // A view of 32-bit numbers wants to be aligned; a copy is, whatever the bytes are a part of.
  const aligned = (bytes.byteOffset + start) % 4 === 0 ? bytes.subarray(start) : new Uint8Array(bytes.subarray(start));
  const numbers = new Int32Array(aligned.buffer, aligned.byteOffset, COLUMNS * count);
  const column = (at: number): Int32Array => numbers.subarray(at * count, (at + 1) * count);
  const [invoked, returned] = [column(0), column(1)];
  for (const [at, size, what] of [
    [2, header.processes.length, "process"],
    [3, header.names.length, "name"],
    [4, header.objects.length, "object"],
  ] as const) {
    if (column(at).some((index) => index < 0 || index >= size))
      throw damaged(`It names a ${what} that its header does not list.`);
  }
  const rows: Columns = {
    ...emptyColumns(0, Values.from(header.values)),
    count,
    call: new Int32Array(count),
    ret: new Int32Array(count),
    id: Int32Array.from({ length: count }, (_, index) => index),
    process: column(2),
    name: column(3),
    argumentCount: column(5),
    argument: column(6),
    result: column(7),
    threw: column(8),
    processes: header.processes,
    names: header.names,
  };
  const columns = ordered(
    rows,
    Float64Array.from(invoked),
    Float64Array.from(returned, (rank) => (rank < 0 ? Infinity : rank)),
  );
  return { columns, object: columns.id.map((id) => column(4)[id]), objects: header.objects };
}

export function isColumnar(bytes: Uint8Array): boolean {
  return bytes.length >= PREFIX_BYTES && [...MAGIC].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

const MAGIC = "FKHIST1\n";
const PREFIX_BYTES = 12;
const COLUMNS = 9;

interface Header {
  readonly count: number;
  readonly processes: readonly string[];
  readonly names: readonly string[];
  readonly objects: readonly (string | null)[];
  readonly values: readonly unknown[];
}

function headerOf(bytes: Uint8Array): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Header>;
  } catch {
    throw damaged("Its header is no JSON.");
  }
  const { count, processes, names, objects, values } = header;
  const lists = [processes, names, objects, values].every((list) => Array.isArray(list));
  if (!Number.isSafeInteger(count) || count! < 0 || !lists) throw damaged("Its header does not list what it should.");
  return header as Header;
}

function damaged(what: string): HistoryFileError {
  return new HistoryFileError([{ line: 0, what }], "Record the history again, or convert it to JSON lines.");
}
