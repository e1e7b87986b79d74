import fs from "node:fs";
import { performance } from "node:perf_hooks";

/**
 * Node's own functions as they were before anything was replaced. Whatever performs a step for real, and whatever of forkcheck
 * runs in a worker, calls these. To be imported before anything is replaced.
 */
export const realFs: typeof fs = { ...fs };

export const realPromises: typeof fs.promises = { ...fs.promises };

export const RealDate = Date;

export const real = {
  dateNow: Date.now,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime,
  cwd: process.cwd.bind(process),
  chdir: process.chdir.bind(process),
  pid: process.pid,
  ppid: process.ppid,
  kill: process.kill.bind(process),
  setTimeout,
  setInterval,
  setImmediate,
  clearTimeout,
  clearInterval,
  clearImmediate,
} as const;
