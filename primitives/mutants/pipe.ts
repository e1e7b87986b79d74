import type { WaitOptions } from "../operation.ts";
import { Connection } from "../connection.ts";

// Connections with one seeded bug each; made with the parts of a real one: `mutated(pipe(), ConnectionX)`.

/** Both ends of a pipe as another class. */
export function mutated<T>(
  ends: readonly [Connection<T>, Connection<T>],
  type: new (parts: ConstructorParameters<typeof Connection>[0]) => Connection<T>,
): [Connection<T>, Connection<T>] {
  return [new type(ends[0].parts), new type(ends[1].parts)];
}

/** Closing ends nothing: who receives waits for ever. */
export class ConnectionClosedInSilence<T> extends Connection<T> {
  protected override settle(): boolean {
    return false;
  }
}

/** Closing drops what was sent and not received. */
export class ConnectionDropsTheRest<T> extends Connection<T> {
  override close(): void {
    if (this.closed) return;
    const { out } = this.parts;
    for (let left = out?.size ?? 0; left > 0; left--) out?.getSync();
    super.close();
  }
}

/** Says that something is there whenever it is asked. */
export class ConnectionPollsTrue<T> extends Connection<T> {
  override async poll(): Promise<boolean> {
    return true;
  }
}

/** Receives without the readers' lock: two that use one end get the same message. */
export class ConnectionReadsWithoutLock<T> extends Connection<T> {
  override async recv(options?: WaitOptions): Promise<T> {
    const lane = this.parts.in;
    const found = lane?.ring.first(false);
    if (lane === null || found?.message === null || found?.message === undefined) return super.recv(options);
    lane.ring.take(found.message);
    return this.decoded(found.message);
  }
}
