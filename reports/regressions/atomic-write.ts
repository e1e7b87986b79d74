import { randomUUID } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Replaces a file's whole content, or leaves the file as it was: whoever reads it, at whatever moment the writer dies or the
 * disk is full, sees the old text or the new one. `beforeRename` may still call it off, by throwing. The caller holds the file's lock, so
 * that whatever temporary files are there were left by writers that were killed.
 */
export async function replaceFile(file: string, text: string, beforeRename: () => Promise<void>): Promise<void> {
  await removeLeftovers(file);
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, text, await modeOf(file));
    await beforeRename();
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function removeLeftovers(file: string): Promise<void> {
  const names = await readdir(dirname(file));
  const left = names.filter((name) => name.startsWith(`.${basename(file)}.`) && name.endsWith(".tmp"));
  await Promise.all(left.map((name) => rm(join(dirname(file), name), { force: true })));
}

async function writeDurably(file: string, text: string, mode: number): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(text, "utf8");
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function modeOf(file: string): Promise<number> {
  const present = await stat(file).catch(() => null);
  return present === null ? 0o666 : present.mode & 0o777;
}

/** Makes the renaming last through a power failure, where the system can do that for folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch {
    // Some systems cannot sync a folder. The new file is in place all the same.
  } finally {
    await handle.close();
  }
}
