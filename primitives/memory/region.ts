import { closeSync } from "node:fs";
import { type Instructions, instructionsOnFreshMemory } from "./instructions.ts";
import { createMemoryFile, mapShared, unmap } from "./linux.ts";
import { LOBBY_BYTES } from "./lobby.ts";

/**
 * A stretch of memory that several processes see. It has no name in any file system: it is passed on as a file
 * descriptor, and the kernel frees it when the last process that has it is gone, however that one dies.
 *
 * Everything inside is addressed by its byte offset, because each process maps the region elsewhere.
 *
 * @example
 * using region = Region.create("example", 4096);
 * Atomics.store(region.words, 0, 42);
 * Atomics.load(region.words, 0); // 42, here and in every process that has the region
 */
export class Region implements Disposable {
  readonly fd: number;
  readonly byteLength: number;
  /** Where byte 0 is in this process. */
  readonly address: number;
  /** The whole mapping, lobby included: use the views. */
  readonly buffer: ArrayBuffer;
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;
  /** The same bytes, as what text is written to and read from. */
  readonly text: Buffer;
  /** What the memory itself keeps, behind `byteLength`; see lobby.ts. */
  readonly lobby: Int32Array;
  /** Atomic access to the words. */
  readonly instructions: Instructions;
  #open = true;

  private constructor(fd: number, byteLength: number) {
    this.fd = fd;
    this.byteLength = byteLength;
    const { buffer, instructions } = instructionsOnFreshMemory(byteLength + LOBBY_BYTES);
    this.buffer = buffer;
    this.instructions = instructions;
    this.address = mapShared(fd, byteLength + LOBBY_BYTES, new Uint8Array(this.buffer));
    this.words = new Int32Array(this.buffer, 0, byteLength / 4);
    this.longs = new BigInt64Array(this.buffer, 0, byteLength / 8);
    this.doubles = new Float64Array(this.buffer, 0, byteLength / 8);
    this.bytes = new Uint8Array(this.buffer, 0, byteLength);
    this.text = Buffer.from(this.buffer, 0, byteLength);
    this.lobby = new Int32Array(this.buffer, byteLength, LOBBY_BYTES / 4);
  }

  /** A new region of zeros. Its pages take no memory until they are touched. `byteLength` is a multiple of 4096. */
  static create(name: string, byteLength: number): Region {
    checkLength(byteLength);
    return new Region(createMemoryFile(`forkcheck-${name}`, byteLength + LOBBY_BYTES), byteLength);
  }

  /** The region behind a file descriptor that this process inherited. */
  static attach(fd: number, byteLength: number): Region {
    checkLength(byteLength);
    return new Region(fd, byteLength);
  }

  /** Unmaps the region here. Views that are still around see zeros after it. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    unmap(this.byteLength + LOBBY_BYTES, new Uint8Array(this.buffer));
    closeSync(this.fd);
  }
}

function checkLength(byteLength: number): void {
  if (!Number.isSafeInteger(byteLength) || byteLength <= 0 || byteLength % 4096 !== 0) {
    throw new RangeError(`a region is a positive multiple of 4096 bytes long, not ${byteLength}`);
  }
}
