import { Connection } from "./connection.ts";
import { Holders } from "./holders.ts";
import { currentArena } from "./memory/arena.ts";
import { Queue } from "./queue.ts";

/**
 * Two ends of a pipe. With `duplex` (default) both send and receive; without it the first only receives and the second
 * only sends.
 *
 * Source: CPython's multiprocessing manual, Pipe. Different on purpose: messages are published whole, so several processes
 * may use one end, and nobody who dies tears the stream. An end is held by the processes that have used it or were given
 * it, and not by everyone who could: there is no copy to close that one did not ask for.
 *
 * @example
 * const [here, there] = pipe();
 * await here.send({ hello: "world" });
 * await there.recv(); // { hello: "world" }
 * here.close();
 * await there.poll(); // true: recv would not wait, it would throw EofError
 */
export function pipe<T = unknown>(options: PipeOptions = {}): [Connection<T>, Connection<T>] {
  const { duplex = true, bytes, keep = false } = options;
  const size = bytes === undefined ? {} : { bytes };
  const lanes = {
    toSecond: duplex ? new Queue(size) : null,
    toFirst: new Queue(size),
    first: new Holders(),
    second: new Holders(),
  };
  // In production whoever makes a pipe holds both ends until it closes them or gives them away. In a scenario everybody
  // makes the same pipe, and holds what it uses.
  if (currentArena().shared) {
    lanes.first.enter();
    lanes.second.enter();
  }
  return [
    new Connection<T>({ in: lanes.toFirst, out: lanes.toSecond, own: lanes.first, peer: lanes.second, keep }),
    new Connection<T>({ in: lanes.toSecond, out: lanes.toFirst, own: lanes.second, peer: lanes.first, keep }),
  ];
}

export interface PipeOptions {
  /** Whether messages go both ways. Default true. */
  readonly duplex?: boolean;
  /** Bytes of shared memory for each direction; as for Queue. */
  readonly bytes?: number;
  /** Whether this process keeps an end that it gives to a child. Default false: giving it away closes it here. */
  readonly keep?: boolean;
}
