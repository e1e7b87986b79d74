import { useLargePages } from "./linux.ts";

/**
 * Bytes that nobody else has, for what comes out of shared memory. What is in them does not matter: all of it is going to be
 * written, so nothing is zeroed first.
 *
 * Small ones are pieces of a slab, because an ArrayBuffer of its own takes ten times as long as the copy. Large ones are
 * pieces of a slab of large pages, because the kernel would interrupt the copy at every 4 KiB to find a page: that takes
 * twenty times as long as copying it. Whoever keeps a piece keeps its slab, which is why those in between are not pieces.
 */
export function freshBytes(byteLength: number): Uint8Array {
  if (byteLength <= SMALL_MAX) return small.piece(byteLength);
  if (byteLength >= LARGE_MIN && byteLength <= LARGE_MAX) return large.piece(byteLength);
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(byteLength).buffer);
  if (byteLength > LARGE_MAX) useLargePages(bytes);
  return bytes;
}

const SMALL_MAX = 4096;
const SMALL_SLAB = 64 * 1024;
const LARGE_MIN = 512 * 1024;
const LARGE_MAX = 2 * 1024 * 1024;
const LARGE_SLAB = 8 * 1024 * 1024;

class Slabs {
  readonly #make: () => ArrayBuffer;
  #slab = new ArrayBuffer(0);
  #used = 0;

  constructor(make: () => ArrayBuffer) {
    this.#make = make;
  }

  piece(byteLength: number): Uint8Array {
    if (this.#used + byteLength > this.#slab.byteLength) {
      this.#slab = this.#make();
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += Math.ceil(byteLength / 8) * 8;
    return new Uint8Array(this.#slab, at, byteLength);
  }
}

const small = new Slabs(() => new ArrayBuffer(SMALL_SLAB));
const large = new Slabs(() => {
  const { buffer } = Buffer.allocUnsafeSlow(LARGE_SLAB);
  useLargePages(new Uint8Array(buffer));
  return buffer;
});
