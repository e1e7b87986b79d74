// The first module of every child: reads its letter and plays its role.
import { dieWithParent } from "../memory/linux.ts";
import { existingCommons } from "../memory/commons.ts";
import { becomeChild } from "./family.ts";
import { readLetter } from "./letter.ts";
import { LETTER_FD } from "./process.ts";

await play();

async function play(): Promise<void> {
  dieWithParent();
  // Attached at once, so that no process started by other means inherits the way to memory that it has not.
  existingCommons();
  // Arguments may hold any primitive, whether or not the role's module imports its class.
  await import("../index.ts");
  const letter = readLetter(LETTER_FD);
  // The parent may have died before we asked to die with it.
  if (process.ppid !== letter.parentPid) process.exit(1);
  becomeChild(letter);
  const module = (await import(letter.module)) as Record<string, unknown>;
  const role = module[letter.role];
  if (typeof role !== "function") {
    throw new TypeError(
      `${letter.module} exports no function ${letter.role}, which the process ${letter.name} was to run. ` +
        `It exports ${Object.keys(module).join(", ") || "nothing"}.`,
    );
  }
  await (role as (...args: readonly unknown[]) => unknown)(...letter.args);
}
