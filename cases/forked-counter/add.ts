import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Has `workers` processes add one each to the number in `file`, side by side. */
export async function addSideBySide(file: string, workers: number): Promise<void> {
  const worker = fileURLToPath(new URL("worker.cjs", import.meta.url));
  await Promise.all(Array.from({ length: workers }, () => once(fork(worker, [file]), "exit")));
}
