/**
 * What a step on files touches: names of files and folders, each read or written. "a" stands for the entry of that name,
 * "a#" for its content, "a/" for the list of what
 * is in the folder "a", "server a" for the server at the address a, "*" for anything. Two steps commute unless one writes what the other touches.
 */
export interface Footprint {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** One of the two writes what the other one touches. */
export function overlap(a: Footprint, b: Footprint): boolean {
  if (a.writes.includes("*") || b.writes.includes("*")) return true;
  return (
    a.writes.some((name) => b.writes.includes(name) || b.reads.includes(name)) ||
    b.writes.some((name) => a.reads.includes(name))
  );
}

/** As one name, so that it can be kept and compared like all other names. */
export function footprintText({ reads, writes }: Footprint): string {
  return `${reads.join("\0")}\0\0${writes.join("\0")}`;
}

/** The inverse of `footprintText`. */
export function parseFootprint(text: string): Footprint {
  const [reads, writes] = text.split("\0\0");
  return { reads: listed(reads), writes: listed(writes ?? "") };
}

function listed(text: string): string[] {
  return text === "" ? [] : text.split("\0");
}
