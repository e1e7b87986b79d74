import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Result } from "../../harness/result.ts";
import { ownProcesses } from "../../harness/fixtures/own-processes.ts";

/** A command line whose result depends on nothing but its seed, so that it is known what a disturbed one has to say. */
export interface ChaosCommand {
  readonly name: string;
  readonly args: readonly string[];
  readonly status: 0 | 1;
}

/** What holds and what does not, in one lane and in two, sampled, proved and in free mode, with files and with deaths. */
export const COMMANDS: readonly ChaosCommand[] = [
  chaosCommand("holds, two lanes", 0, "ticket-rush-locked", "--runs", "2000", "--jobs", "2"),
  chaosCommand("fails, two lanes", 1, "ticket-rush-unsafe", "--runs", "2000", "--jobs", "2"),
  chaosCommand("a proof", 0, "ticket-rush-locked", "--exhaustive", "--runs", "300", "--faults", "pause=1"),
  chaosCommand("free mode", 0, "ticket-rush-locked", "--mode", "free", "--runs", "200"),
  chaosCommand(
    "files and deaths",
    0,
    "ticket-rush-file-inherited",
    "--runs",
    "200",
    "--faults",
    "kill=1",
    "--jobs",
    "1",
  ),
  chaosCommand("files fail", 1, "ticket-rush-file-unsafe", "--runs", "500", "--jobs", "1"),
];

export function chaosCommand(name: string, status: 0 | 1, ...args: string[]): ChaosCommand {
  return { name, status, args: ["run", ...args, "--seed", "1"] };
}

/** One run of a command, in a folder of its own, which it has removed when it is disposed of. */
export class CommandRun implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "forkcheck-chaos-"));

  /**
   * @param before what is started instead, with all of the command behind it
   * @param meanwhile is given the process as soon as it is there
   */
  async run(
    { args }: ChaosCommand,
    before: readonly string[] = [],
    meanwhile: (pid: number) => Promise<void> = async () => {},
  ): Promise<Observed> {
    const reports = ["--json", "--junit", "junit.xml", ...(hasTemplate ? ["--html", "page.html"] : [])];
    const [file, ...rest] = [...before, process.execPath, "--import", LOADER, MAIN, ...args, ...reports];
    const startedAt = performance.now();
    const running = execa(file, rest, {
      cwd: this.folder,
      reject: false,
      timeout: CHAOS_MS_MAX,
      killSignal: "SIGKILL",
      env: { NO_COLOR: "1" },
    });
    const pid = running.pid as number;
    const [ended] = await Promise.all([running, meanwhile(pid)]);
    return {
      pid,
      status: ended.exitCode ?? null,
      hung: ended.timedOut,
      ms: performance.now() - startedAt,
      stdout: ended.stdout,
      stderr: ended.stderr,
      left: await whatIsLeft(pid),
      files: this.files(),
    };
  }

  /** Names of all files in the folder, or below. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface Observed {
  readonly pid: number;
  /** Null if a signal has ended it. */
  readonly status: number | null;
  /** It did not end within CHAOS_MS_MAX. */
  readonly hung: boolean;
  readonly ms: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Processes and folders of its that outlived it. */
  readonly left: readonly string[];
  /** What is in the folder then. */
  readonly files: readonly string[];
}

/** The one result in what the command printed; null if that is not one whole document. */
export function resultIn({ stdout }: Pick<Observed, "stdout">): Result | null {
  try {
    return (JSON.parse(stdout) as { results: readonly Result[] }).results[0];
  } catch {
    return null;
  }
}

/** The kernel and the janitor take a moment. Memory has no name, and goes with the last process. */
async function whatIsLeft(pid: number): Promise<string[]> {
  for (let looks = 0; ; looks++) {
    const left = [
      ...ownProcesses(pid, "was").map(({ role, pid: own }) => `${role} ${own}`),
      ...readdirSync(existsSync("/dev/shm") ? "/dev/shm" : tmpdir()).filter((name) =>
        name.startsWith(`forkcheck-${pid}-`),
      ),
    ];
    if (left.length === 0 || looks === LOOKS_MAX) return left;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A command that takes longer hangs. */
export const CHAOS_MS_MAX = 120_000;
const LOOK_EVERY_MS = 50;
const LOOKS_MAX = 100;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOADER = join(ROOT, "harness/engine/typescript-loader.js");
const MAIN = join(ROOT, "cli/main.ts");
/** A checkout that was never built has no pages. */
const hasTemplate = existsSync(join(ROOT, "dist/reports/html/template.html"));
