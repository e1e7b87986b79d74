/**
 * The machine's atomic instructions on the 32-bit words of one memory, addressed by byte offset. All are sequentially
 * consistent, as `Atomics` is; those that change a word return what it held before.
 *
 * Why not `Atomics`: V8 calls a builtin for each of those, 10 to 20 ns for an instruction of 4. A call into a WebAssembly
 * module is compiled into the caller, down to the instruction itself. So a few one-line functions in WebAssembly make
 * everything that stands on them several times faster, and do nothing else.
 */
export interface Instructions {
  load(offset: number): number;
  store(offset: number, value: number): void;
  add(offset: number, delta: number): number;
  or(offset: number, mask: number): number;
  exchange(offset: number, value: number): number;
  /** Returns the value before, which is `expected` exactly if it took place. */
  compareExchange(offset: number, expected: number, next: number): number;
}

/**
 * Room for `byteLength` bytes and the instructions for it. Its pages are nobody's until they are touched or mapped over.
 *
 * @throws {Error} this Node has no WebAssembly
 */
export function instructionsOnFreshMemory(byteLength: number): { buffer: ArrayBuffer; instructions: Instructions } {
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly?: Wasm };
  if (wasm === undefined) {
    throw new Error(
      "this Node has no WebAssembly, whose atomic instructions shared memory is read and written with. " +
        "Start it without --jitless.",
    );
  }
  const pages = Math.ceil(byteLength / PAGE_BYTES);
  const memory = new wasm.Memory({ initial: pages, maximum: pages });
  compiled ??= new wasm.Module(moduleBytes());
  const { exports } = new wasm.Instance(compiled, { "": { memory } });
  return { buffer: memory.buffer, instructions: exports as unknown as Instructions };
}

/** WebAssembly counts memory in pages of so many bytes. */
const PAGE_BYTES = 65_536;

/** What is needed of the global WebAssembly, which the types of Node do not declare. */
interface Wasm {
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

let compiled: object | null = null;

// The binary format, as the WebAssembly core specification (chapter 5) and its threads proposal give it.
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const I32 = 0x7f;
const LOCAL_GET = 0x20;
const END = 0x0b;
const ATOMIC = 0xfe;

/** Each function: its name, the opcode behind ATOMIC, how many i32 it takes, and how many it returns. */
const FUNCTIONS: readonly (readonly [name: string, opcode: number, takes: number, returns: number])[] = [
  ["load", 0x10, 1, 1],
  ["store", 0x17, 2, 0],
  ["add", 0x1e, 2, 1],
  ["or", 0x33, 2, 1],
  ["exchange", 0x41, 2, 1],
  ["compareExchange", 0x48, 3, 1],
];

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const types = FUNCTIONS.map(([, , takes, returns]) => [
    0x60,
    ...list(Array.from({ length: takes }, () => [I32])),
    ...list(Array.from({ length: returns }, () => [I32])),
  ]);
  const memoryImport = [...text(""), ...text("memory"), 0x02, 0x00, ...unsigned(1)];
  const exported = FUNCTIONS.map(([name], index) => [...text(name), 0x00, index]);
  const bodies = FUNCTIONS.map(([, opcode, takes]) => {
    const operands = Array.from({ length: takes }, (_, index) => [LOCAL_GET, index]).flat();
    // No local variables; words are aligned to 2^2 bytes, and lie where their offset says.
    const body = [0, ...operands, ATOMIC, opcode, 2, 0, END];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...HEADER,
    ...section(1, list(types)),
    ...section(2, list([memoryImport])),
    ...section(3, list(FUNCTIONS.map((_, index) => [index]))),
    ...section(7, list(exported)),
    ...section(10, list(bodies)),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  return [...unsigned(value.length), ...Buffer.from(value, "latin1")];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
