import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** Has `threads` threads add one each to the number in `file`, side by side. */
export async function addSideBySide(file: string, threads: number): Promise<void> {
  const thread = new URL("thread.cjs", import.meta.url);
  await Promise.all(
    Array.from({ length: threads }, () => once(new Worker(thread, { workerData: { file } }), "message")),
  );
}
