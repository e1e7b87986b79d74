import { Arena } from "./arena.ts";
import { ALLOCATED } from "./lobby.ts";
import { Region } from "./region.ts";

/** Shared memory of one family of processes. It is an address range: pages that nobody touches take no memory. */
const COMMONS_BYTES = 256 * 1024 * 1024;
/** How a child learns where its inherited memory is: "file descriptor:bytes". */
export const COMMONS_VARIABLE = "FORKCHECK_COMMONS";

/**
 * Where primitives live in production: one region, made by the first process of a family that needs it and inherited by
 * every `Process` below it. Any of them may place objects there at any time; they stay until the last process has ended.
 */
export function commons(): Arena {
  return (made ??= open());
}

/** The commons if this process has them already, without making them. */
export function existingCommons(): Arena | null {
  return made ?? (process.env[COMMONS_VARIABLE] === undefined ? null : commons());
}

let made: Arena | null = null;

function open(): Arena {
  const inherited = process.env[COMMONS_VARIABLE];
  // Children started by other means inherit the variable, but not the file descriptor.
  delete process.env[COMMONS_VARIABLE];
  const [fd, bytes] = (inherited ?? "").split(":").map(Number);
  const region = inherited === undefined ? Region.create("commons", COMMONS_BYTES) : Region.attach(fd, bytes);
  const reserve = (count: number): number => Atomics.add(region.lobby, ALLOCATED, count);
  return new Arena(region, { start: 0, end: region.byteLength, creating: true, reserve });
}
