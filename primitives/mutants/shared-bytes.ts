import { Hold } from "../acquirable.ts";
import { SharedBytes } from "../shared-bytes.ts";

// Shared bytes with one seeded bug each.

/** Lets everybody hold them at once. */
export class SharedBytesHeldByAll extends SharedBytes {
  override async hold(): Promise<Hold> {
    return new Hold({ release: () => {} });
  }
}

/** Writes a value without the 0 behind it: the rest of a longer one shows. */
export class SharedBytesWithoutEnd extends SharedBytes {
  protected override ended(bytes: Uint8Array): Uint8Array {
    return bytes;
  }
}

/** Hands out the shared memory itself instead of a copy. */
export class SharedBytesLent extends SharedBytes {
  protected override read(): Uint8Array {
    super.read();
    return this.region.bytes.subarray(this.offset, this.offset + this.length);
  }
}

/** Writes one byte too far to the right. */
export class SharedBytesOffByOne extends SharedBytes {
  protected override write(bytes: Uint8Array, offset: number): void {
    super.write(bytes, offset + 1);
  }
}
