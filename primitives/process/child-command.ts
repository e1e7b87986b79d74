import { fileURLToPath } from "node:url";

/** Flags with which every child is started, unless its Process says otherwise. */
let flags: readonly string[] | null = null;

/**
 * Makes children start with these Node flags, for instance a loader that their role modules need. Without it they start
 * with this process's own flags.
 *
 * @example
 * startChildrenWith([...process.execArgv, "--import", "/path/to/loader.js"]);
 */
export function startChildrenWith(nodeFlags: readonly string[]): void {
  flags = nodeFlags;
}

/** What a child process is started with: the program, and its arguments up to the entry module. */
export function childCommand(nodeFlags: readonly string[] | undefined): { file: string; args: readonly string[] } {
  return { file: process.execPath, args: [...(nodeFlags ?? flags ?? process.execArgv), ENTRY] };
}

// Beside this file, in TypeScript or compiled.
const ENTRY = fileURLToPath(
  new URL(`./entry${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, import.meta.url),
);
