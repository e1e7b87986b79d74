import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { NotSharableError } from "../errors.ts";
import { createMemoryFile } from "../memory/linux.ts";
import { packed, unpacked } from "../primitive.ts";

/** What a child is told at its start. */
export interface Letter {
  readonly name: string;
  readonly daemon: boolean;
  readonly module: string;
  readonly role: string;
  readonly args: readonly unknown[];
  readonly parentPid: number;
}

/** Checks and copies arguments as they will arrive; throws if something in them cannot travel. */
export function sealed(args: readonly unknown[]): Uint8Array {
  const plain = packed(args);
  try {
    return serialize(plain);
  } catch (error) {
    throw new NotSharableError("an argument of a Process", (error as Error).message);
  }
}

export function unsealed(bytes: Uint8Array): unknown {
  return unpacked(deserialize(bytes));
}

/**
 * Writes the letter into memory that the child inherits. It is all there before the child exists, so a child that dies
 * while it starts keeps nobody waiting.
 */
export function writeLetter(letter: Omit<Letter, "args">, args: Uint8Array): number {
  const bytes = serialize({ ...letter, args });
  const fd = createMemoryFile("forkcheck-letter", bytes.byteLength);
  writeSync(fd, bytes, 0, bytes.byteLength, 0);
  return fd;
}

export function readLetter(fd: number): Letter {
  const bytes = new Uint8Array(fstatSync(fd).size);
  readSync(fd, bytes, 0, bytes.byteLength, 0);
  closeSync(fd);
  const letter = deserialize(bytes) as Omit<Letter, "args"> & { args: Uint8Array };
  return { ...letter, args: unsealed(letter.args) as unknown[] };
}
