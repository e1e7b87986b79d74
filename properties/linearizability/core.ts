/**
 * A minimal part of `items` that still shows what is wrong: every single one of them is needed. Items are left out in
 * blocks that get smaller (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002), the latest
 * first, since it is the earliest that are needed least often; `testsMax` ends it early, and the part is then not minimal.
 */
export function coreOf<Item>(
  items: readonly Item[],
  shows: (part: readonly Item[]) => boolean,
  testsMax = 2_000,
): Item[] {
  let part = [...items];
  let tests = 0;
  for (let size = Math.ceil(part.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let changed = true; changed;) {
      changed = false;
      for (let at = 0; at < part.length;) {
        const rest = [...part.slice(0, at), ...part.slice(at + size)];
        tests += 1;
        if (tests > testsMax) return part;
        if (shows(rest)) {
          part = rest;
          changed = true;
        } else at += size;
      }
      if (size > 1) break;
    }
  }
  return part;
}
