import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { RunFolder } from "../harness/engine/run-folder.ts";
import { scenario } from "../harness/scenario.ts";

/** A process that does nothing but use files, without anybody to switch to. */
export const fileUser = scenario(import.meta.url, {
  name: "file-user",
  input: fc.constant({}),
  load: () => ({}),
  processes: () => ["user"],
  roles: { user: (_, p) => useFiles(p.folder) },
  properties: [],
});

/** Microseconds for one operation of the same program on its own, where runs have their folders, too. */
export function bareFileMicros(): number {
  const folder = fs.mkdtempSync(join(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "bench-"));
  try {
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = process.hrtime.bigint();
      useFiles(folder);
      best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / 1000 / FILE_OPERATIONS);
    }
    return best;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Microseconds for putting the folder of a run back in order, after a run that has made a lock and written a file. */
export function resetMicros(): number {
  const path = fs.mkdtempSync(join(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "bench-"));
  const folder = new RunFolder(path);
  try {
    let best = Infinity;
    for (let round = 0; round < RESETS; round++) {
      fs.mkdirSync(join(path, "data.lock"), { recursive: true });
      fs.writeFileSync(join(path, "written"), "content");
      const startedAt = process.hrtime.bigint();
      folder.reset({ data: "text" });
      best = Math.min(best, Number(process.hrtime.bigint() - startedAt) / 1000);
    }
    return best;
  } finally {
    fs.rmSync(path, { recursive: true });
  }
}

function useFiles(folder: string): void {
  const file = `${folder}/file`;
  const lock = `${folder}/lock`;
  fs.writeFileSync(file, "content");
  for (let round = 0; round < LOOPS; round++) {
    fs.mkdirSync(lock);
    fs.statSync(file);
    fs.readFileSync(file, "utf8");
    fs.utimesSync(file, 1, 1);
    fs.existsSync(lock);
    fs.rmdirSync(lock);
  }
}

const LOOPS = 200;
const ROUNDS = 20;
const RESETS = 2000;
/** Of the loop: reading a file is two, opening it and reading it. */
export const FILE_OPERATIONS = LOOPS * 7 + 2;
