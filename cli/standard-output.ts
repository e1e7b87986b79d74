import { fstatSync, writeFileSync } from "node:fs";
import { endWithReader } from "./ending.ts";
import { STATUS } from "./status.ts";

/**
 * Sees to it that what does not arrive is noticed: the disk behind standard output may be full. What was found counts more than that it could not be told, so a violation stays one.
 *
 * @returns the exit status, from the one that the command came to
 */
export function watchOutput(): (status: number) => number {
  let failed = false;
  endWithReader((error, stream) => {
    // Where nothing can be said, nothing is.
    if (stream === process.stderr) return;
    if (!failed) process.stderr.write(`forkcheck: ${lost(error)}\n`);
    failed = true;
    if (process.exitCode === STATUS.holds) process.exitCode = STATUS.couldNotWork;
  });
  // Node's stream for a file takes a short write for a whole one: a document would end in the middle, unnoticed.
  if (fstatSync(1).isFile()) {
    process.stdout._write = (chunk: Uint8Array, _encoding, done) => {
      try {
        writeFileSync(1, chunk);
        done();
      } catch (error) {
        done(error as Error);
      }
    };
  }
  return (status) => (failed && status === STATUS.holds ? STATUS.couldNotWork : status);
}

function lost(error: Error): string {
  return `standard output could not be written: ${error.message}. What is there is not whole: make room, and run again.`;
}
