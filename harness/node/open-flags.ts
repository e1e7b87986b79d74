import { constants, type OpenMode } from "node:fs";

/** The flags of `open` as a number. */
export function flagsOf(flags: OpenMode | undefined): number {
  if (typeof flags === "number") return flags;
  const known = FLAGS[flags ?? "r"];
  if (known === undefined)
    throw Object.assign(new TypeError(`The argument 'flags' is invalid. Received '${flags}'`), {
      code: "ERR_INVALID_ARG_VALUE",
    });
  return known;
}

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_EXCL, O_SYNC } = constants;
const FLAGS: Readonly<Record<string, number>> = {
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  "r+": O_RDWR,
  "rs+": O_RDWR | O_SYNC,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  wx: O_WRONLY | O_CREAT | O_TRUNC | O_EXCL,
  "w+": O_RDWR | O_CREAT | O_TRUNC,
  "wx+": O_RDWR | O_CREAT | O_TRUNC | O_EXCL,
  a: O_WRONLY | O_CREAT | O_APPEND,
  ax: O_WRONLY | O_CREAT | O_APPEND | O_EXCL,
  as: O_WRONLY | O_CREAT | O_APPEND | O_SYNC,
  "a+": O_RDWR | O_CREAT | O_APPEND,
  "ax+": O_RDWR | O_CREAT | O_APPEND | O_EXCL,
  "as+": O_RDWR | O_CREAT | O_APPEND | O_SYNC,
};
