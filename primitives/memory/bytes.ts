import { probe } from "./probe.ts";
import type { Region } from "./region.ts";

/** Copies `source` into the region at `offset`. Plain bytes: two copies that overlap and are not ordered are a data race. */
export function copyIn(region: Region, offset: number, source: Uint8Array): void {
  if (probe !== null) probe.copy("write", offset, source.byteLength, source);
  region.bytes.set(source, offset);
}

/** A copy of `byteLength` bytes of the region at `offset`. */
export function copyOut(region: Region, offset: number, byteLength: number): Uint8Array {
  if (probe !== null) probe.copy("read", offset, byteLength);
  return region.bytes.slice(offset, offset + byteLength);
}

/**
 * Announces a look at everything that lies in so many bytes, as of one moment: for decisions on several words, of which each
 * may change at any time. It is a step as a copy out of shared memory is one.
 */
export function announceLook(offset: number, byteLength: number): void {
  if (probe !== null) probe.copy("read", offset, byteLength);
}

/** Announces a copy that is then made piece by piece through the region's views: a header, say, and its body. */
export function announceCopy(kind: "read" | "write", offset: number, byteLength: number): void {
  if (probe !== null) probe.copy(kind, offset, byteLength);
}
