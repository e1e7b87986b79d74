import { probe } from "./probe.ts";

/**
 * Tells whoever watches that bytes are looked at or changed without a step of their own: together with the step that this
 * process took last. That is right only where other steps put such accesses in order, a lock around them, say; the
 * exhaustive search looks whether they do.
 *
 * @param mask of a word, the bits that matter to who looks
 */
export function aside(kind: "read" | "write", offset: number, byteLength: number, mask = ALL_BITS): void {
  if (probe !== null) probe.aside?.(kind, offset, byteLength, mask);
}

export const ALL_BITS = -1;
