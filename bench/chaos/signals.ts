import { ownProcesses, type OwnProcess } from "../../harness/fixtures/own-processes.ts";
import { derivedSeed } from "../../harness/engine/random.ts";
import { CommandRun, resultIn, type ChaosCommand, type Observed } from "./command.ts";
import { wrongFiles, wrongResult } from "./verdict.ts";

/** Somebody sends a signal to one of the processes of a command, at some moment. */
export interface Signal {
  readonly command: ChaosCommand;
  /** Since the command was started. */
  readonly atMs: number;
  /** Who of those that are there then: each role in turn, and the command's own process. */
  readonly pick: number;
  /** "for a while": stopped, and let go on. */
  readonly what: "SIGKILL" | "SIGSTOP" | "SIGSTOP for a while";
}

/** The n-th of all signals, each seed having others. @param undisturbedMs as long as the command takes */
export function signalOf(command: ChaosCommand, undisturbedMs: number, seed: number): Signal {
  const draw = (index: number, below: number): number => (derivedSeed(seed, index) >>> 0) % below;
  return {
    command,
    atMs: draw(0, Math.ceil(undisturbedMs)),
    pick: draw(1, 1 << 20),
    what: (["SIGKILL", "SIGSTOP", "SIGSTOP for a while"] as const)[draw(2, 3)],
  };
}

/** What came of it: who was hit, and what was wrong with how the command took it, or null. */
export async function sendSignal({ command, atMs, pick, what }: Signal, truth: Observed): Promise<Outcome> {
  using run = new CommandRun();
  let victim: Victim | null = null;
  const observed = await run.run(command, [], async (pid) => {
    await sleep(atMs);
    victim = choose(pid, pick);
    if (victim === null) return;
    send(victim.pid, what === "SIGKILL" ? "SIGKILL" : "SIGSTOP");
    // Whoever stands still as a whole can do nothing about it.
    if (what === "SIGSTOP for a while" || (what === "SIGSTOP" && victim.role === "command")) {
      await sleep(STANDSTILL_MS);
      send(victim.pid, "SIGCONT");
    }
  });
  const hit = victim === null ? "nobody" : `${(victim as Victim).role}, ${what}, after ${Math.round(atMs)} ms`;
  const wrong =
    hit.startsWith("command, SIGKILL") && observed.status === null
      ? await wrongAfterTheEnd(run, command, observed)
      : (wrongResult(observed, command, truth) ?? (await wrongFiles(run, [])));
  return { hit, wrong, observed, named: resultIn(observed)?.verdict === "error" };
}

export interface Outcome {
  readonly hit: string;
  readonly wrong: string | null;
  readonly observed: Observed;
  /** It said what was done to it, instead of what holds. */
  readonly named: boolean;
}

interface Victim {
  readonly pid: number;
  readonly role: OwnProcess["role"] | "command";
}

/** A command that was killed may leave the lock and the half of a file that it was writing; the next one clears them away. */
async function wrongAfterTheEnd(run: CommandRun, command: ChaosCommand, observed: Observed): Promise<string | null> {
  if (observed.left.length > 0) return `left behind: ${observed.left.join(", ")}`;
  const half = await wrongFiles(run, [/\.tmp$/, /\.lock$/]);
  if (half !== null) return half;
  const next = await run.run(command);
  if (next.status !== command.status) return `the next one ended with ${next.status}: ${next.stderr}`;
  return await wrongFiles(run, []);
}

function choose(pid: number, pick: number): Victim | null {
  const processes = ownProcesses(pid);
  const roles: Victim["role"][] = [...new Set(processes.map(({ role }) => role)), "command"];
  const role = roles[pick % roles.length];
  if (role === "command") return isThere(pid) ? { pid, role } : null;
  const playing = processes.filter((own) => own.role === role);
  return { pid: playing[Math.floor(pick / roles.length) % playing.length].pid, role };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Shorter than what is given up as stopped. */
const STANDSTILL_MS = 1000;
