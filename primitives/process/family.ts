import type { Process } from "./process.ts";

/** Who this process is among those started with `Process`, and whom it has started. */
interface Self {
  readonly name: string;
  readonly pid: number;
  readonly daemon: boolean;
}

/** Who this process is: "MainProcess" if no Process started it. */
export function currentProcess(): Self {
  return self;
}

/** The process that started this one; null in the main process. */
export function parentProcess(): { readonly pid: number; readonly alive: boolean } | null {
  if (parentPid === 0) return null;
  const pid = parentPid;
  return {
    pid,
    get alive(): boolean {
      return process.ppid === pid;
    },
  };
}

/** Children that have been started and have not ended. */
export function activeChildren(): readonly Process[] {
  return [...children];
}

export function becomeChild(letter: { name: string; daemon: boolean; parentPid: number }): void {
  self = { name: letter.name, pid: process.pid, daemon: letter.daemon };
  parentPid = letter.parentPid;
}

/** The name of the next child: "Process-1", and "Process-1:2" for the second child of that one. */
export function nextName(): string {
  born++;
  return self.name === MAIN ? `Process-${born}` : `${self.name}:${born}`;
}

export function childStarted(child: Process): void {
  if (children.size === 0 && !watching) watchExit();
  children.add(child);
}

export function childEnded(child: Process): void {
  children.delete(child);
}

const MAIN = "MainProcess";

/** How long daemons are given to end by themselves when their parent has nothing left to do, in milliseconds. */
const GRACE_MS = 500;

let self: Self = { name: MAIN, pid: process.pid, daemon: false };
let parentPid = 0;
let born = 0;
let watching = false;
const children = new Set<Process>();

/**
 * At the end daemons are told to go, given a while, and killed. The other children keep this process running until they
 * have ended. If it is killed itself, the kernel ends them all.
 */
function watchExit(): void {
  watching = true;
  process.on("beforeExit", () => {
    const daemons = [...children].filter((child) => child.daemon);
    for (const daemon of daemons) daemon.terminate();
    if (daemons.length > 0) void endWithin(daemons, GRACE_MS);
  });
  process.on("exit", () => {
    for (const child of children) child.terminate();
  });
}

async function endWithin(daemons: readonly Process[], graceMs: number): Promise<void> {
  await Promise.all(
    daemons.map(async (daemon) => {
      if ((await daemon.join({ timeoutMs: graceMs })) === null) daemon.kill();
      await daemon.join();
    }),
  );
}
