import os from "node:os";
import type { Gate } from "./gate.ts";
import { refuseAll } from "./refusal.ts";
import { RUN_ROOT } from "./run-place.ts";

/**
 * The machine that a program under control finds itself on: always the same one, as a run is to go the same way wherever it is
 * done. What is compared with files (the user's number) or decides how they are reached (the platform) is the real one.
 */
export function replaceMachine(gate: Gate): void {
  const own = os as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, shown] of Object.entries(MACHINE)) {
    const original = own[name];
    if (original === undefined) continue;
    own[name] = standingForItself((...args) => (gate.active ? shown() : original(...args)));
  }
  const userInfo = os.userInfo.bind(os) as (...args: unknown[]) => object;
  own.userInfo = (...args) =>
    gate.active ? { ...userInfo(...args), username: "forkcheck", homedir: RUN_ROOT } : userInfo(...args);
  const uptime = os.uptime.bind(os);
  own.uptime = standingForItself(() => (gate.active ? UP_SECONDS + Math.floor(gate.now() / 1000) : uptime()));
  refuseAll(os, ["setPriority"], "os", () => gate.active);
  replaceUsage(gate);
}

/** As with Node's own, where a text or a number is asked for, the function stands for what it returns. */
function standingForItself(shown: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
  return Object.assign(shown, { [Symbol.toPrimitive]: () => shown() });
}

const CORES = 4;
const MEMORY_BYTES = 2 ** 33;
const UP_SECONDS = 3600;

const MACHINE: Readonly<Record<string, () => unknown>> = {
  availableParallelism: () => CORES,
  cpus: () =>
    Array.from({ length: CORES }, () => ({
      model: "forkcheck",
      speed: 1000,
      times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
    })),
  freemem: () => MEMORY_BYTES / 2,
  getPriority: () => 0,
  hostname: () => "forkcheck",
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({}),
  totalmem: () => MEMORY_BYTES,
};

/** What the process has used of it: nothing that a program should go by, and so nothing that may differ from run to run. */
function replaceUsage(gate: Gate): void {
  const own = process as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const [name, shown] of Object.entries(USAGE)) {
    const original = own[name];
    if (original === undefined) continue;
    own[name] = Object.assign((...args: unknown[]) => (gate.active ? shown() : original.apply(process, args)), {
      ...original,
    });
  }
  const { rss } = process.memoryUsage as unknown as { rss: () => number };
  (process.memoryUsage as unknown as { rss: () => number }).rss = () => (gate.active ? USED_BYTES : rss());
}

const USED_BYTES = 2 ** 26;

const USAGE: Readonly<Record<string, () => unknown>> = {
  availableMemory: () => MEMORY_BYTES / 2,
  constrainedMemory: () => MEMORY_BYTES,
  cpuUsage: () => ({ user: 0, system: 0 }),
  memoryUsage: () => ({
    rss: USED_BYTES,
    heapTotal: USED_BYTES,
    heapUsed: USED_BYTES / 2,
    external: 0,
    arrayBuffers: 0,
  }),
  resourceUsage: () => Object.fromEntries(RESOURCES.map((name) => [name, 0])),
  threadCpuUsage: () => ({ user: 0, system: 0 }),
};

const RESOURCES = [
  "userCPUTime",
  "systemCPUTime",
  "maxRSS",
  "sharedMemorySize",
  "unsharedDataSize",
  "unsharedStackSize",
  "minorPageFault",
  "majorPageFault",
  "swappedOut",
  "fsRead",
  "fsWrite",
  "ipcSent",
  "ipcReceived",
  "signalsCount",
  "voluntaryContextSwitches",
  "involuntaryContextSwitches",
];
