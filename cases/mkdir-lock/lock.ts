import { mkdir, rmdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

/** A lock between processes: who makes the folder has it. A folder that was left behind stays: nobody takes it over. */
export async function acquire(folder: string): Promise<void> {
  while (!(await made(folder))) await setTimeout(RETRY_MS);
}

export async function release(folder: string): Promise<void> {
  await rmdir(folder);
}

const RETRY_MS = 10;

async function made(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
