import { randomUUID } from "node:crypto";
import { lstat, open, readFile, readlink, rm, symlink } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A lock between processes that share a folder, also over a network: a link that only one of them can create and that points
 * to the holder's name. A holder that died is found out by its process id, or on another machine by the age of the link, and
 * its lock is broken by exactly one of those who wait.
 */
export interface FileLock extends AsyncDisposable {
  /** Throws if somebody broke the lock because its holder looked dead: it must not write any more. */
  check(): Promise<void>;
}

export interface FileLockLimits {
  /** How long to wait for another holder. */
  readonly waitMsMax: number;
  /** A lock of another machine, or one without a name in it, counts as left behind after this time. */
  readonly heldMsMax: number;
}

const defaultLimits: FileLockLimits = { waitMsMax: 10_000, heldMsMax: 30_000 };
const pollMs = 8;

/** Waits for the lock and holds it until it is disposed of. */
export async function holdLock(file: string, limits: FileLockLimits = defaultLimits): Promise<FileLock> {
  const name: Holder = { pid: process.pid, host: hostname(), id: randomUUID() };
  const deadline = performance.now() + limits.waitMsMax;
  while (!(await create(file, JSON.stringify(name)))) {
    const holder = await readHolder(file);
    if (holder !== null && (await isLeftBehind(file, holder, limits))) await breakLock(file, holder);
    if (performance.now() > deadline) throw new Error(waitedTooLong(file, holder, limits));
    await sleep(pollMs);
  }
  return {
    async check() {
      if ((await readHolder(file)) !== JSON.stringify(name)) throw new Error(lostLock(file));
    },
    async [Symbol.asyncDispose]() {
      if ((await readHolder(file)) === JSON.stringify(name)) await rm(file, { force: true });
    },
  };
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly id: string;
}

/**
 * A link is there together with what it says, in one step. A file would be there for a moment without its content, and a
 * holder killed in that moment would leave a lock behind that nobody can judge.
 */
async function create(file: string, content: string): Promise<boolean> {
  try {
    await symlink(content, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!withoutLinks.has(codeOf(error))) throw error;
    return createPlain(file, content);
  }
}

/** What systems answer that have no symbolic links, or not for everybody. */
const withoutLinks: ReadonlySet<unknown> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "UNKNOWN"]);

async function createPlain(file: string, content: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** The lock's content, which nobody else's equals; null if it has just been released. */
async function readHolder(file: string): Promise<string | null> {
  try {
    return await readlink(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    if (codeOf(error) !== "EINVAL" && codeOf(error) !== "UNKNOWN") throw error;
  }
  return readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  });
}

async function isLeftBehind(file: string, content: string, limits: FileLockLimits): Promise<boolean> {
  const holder = parseHolder(content);
  if (holder !== null && holder.host === hostname()) return !isAlive(holder.pid);
  const made = await lstat(file).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > limits.heldMsMax;
}

/**
 * Removes the lock of a dead holder. Whoever does so holds a second lock meanwhile: else one of two could remove the lock
 * that a third has just taken.
 */
async function breakLock(file: string, content: string): Promise<void> {
  const guard = `${file}.breaking`;
  if (!(await create(guard, String(process.pid)))) return;
  try {
    if ((await readHolder(file)) === content) await rm(file, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

function parseHolder(content: string): Holder | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== "object" || value === null) return null;
    const { pid, host, id } = value as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" && typeof id === "string" ? { pid, host, id } : null;
  } catch {
    // On a system without links its holder may be about to write its name.
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

function waitedTooLong(file: string, content: string | null, limits: FileLockLimits): string {
  const holder = content === null ? null : parseHolder(content);
  const who = holder === null ? "somebody" : `process ${holder.pid} on ${holder.host}`;
  return (
    `The lock ${file} was not free for ${limits.waitMsMax} ms: ${who} holds it. ` +
    `If no other forkcheck is running, delete ${file} and ${file}.breaking, and run again.`
  );
}

function lostLock(file: string): string {
  return (
    `The lock ${file} was broken by another process while this one held it, so nothing was written. ` +
    "This happens to a process that was stopped for very long. Run again."
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
