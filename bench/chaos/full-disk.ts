import { spawnSync } from "node:child_process";
import { derivedSeed } from "../../harness/engine/random.ts";
import { CommandRun, resultIn, type ChaosCommand, type Observed } from "./command.ts";
import { wrongFiles, wrongResult } from "./verdict.ts";
import type { Outcome } from "./signals.ts";

/** Whether a small disk can be made here: as root, and where namespaces for mounts are allowed. */
export function canFillDisks(): boolean {
  return spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" }).status === 0;
}

/**
 * A command that works on a disk with room for so many bytes, standard output included: its verdict is right all the same,
 * whatever could not be written is said, and what is there is whole.
 */
export async function onFullDisk(command: ChaosCommand, truth: Observed, freeBytes: number): Promise<Outcome> {
  using run = new CommandRun();
  const before = ["unshare", "-m", "sh", "-c", SCRIPT, "sh", String(freeBytes)];
  const observed = await run.run(command, before);
  return {
    hit: `a disk with ${freeBytes} bytes`,
    wrong: await wrongOnFullDisk(run, command, observed, truth),
    observed,
    named: observed.status === 3,
  };
}

/** A command whose runs have no room for their files. Its own folder is not touched. */
export async function onFullRunsFolder(command: ChaosCommand): Promise<Observed> {
  using run = new CommandRun();
  return await run.run(command, ["unshare", "-m", "sh", "-c", WITHOUT_ROOM_FOR_RUNS, "sh"]);
}

/** From nothing at all to enough for everything. */
export function freeBytesOf(seed: number): number {
  return ((derivedSeed(seed, 0) >>> 0) % 2 === 0 ? 4096 : 65_536) * ((derivedSeed(seed, 1) >>> 0) % 16);
}

async function wrongOnFullDisk(
  run: CommandRun,
  command: ChaosCommand,
  observed: Observed,
  truth: Observed,
): Promise<string | null> {
  const { files, stderr } = observed;
  const document = {
    ...observed,
    status: command.status,
    stdout: files.includes("out.json") ? run.read("out.json") : "",
  };
  const missing = truth.files.filter((name) => !files.includes(name));
  if (resultIn(document) === null) missing.push("standard output");
  const unsaid = missing.filter((name) => !stderr.includes(`${name} could not be written: ENOSPC`));
  if (unsaid.length > 0) return `it does not say that ${unsaid.join(", ")} could not be written: ${stderr}`;
  // A race that could not be kept is in the report, too.
  const status = missing.length > 0 && command.status === 0 ? 3 : command.status;
  if (observed.status !== status) return `status ${observed.status}, not ${status}: ${stderr}`;
  const told = missing.includes("standard output") ? null : wrongResult(document, command, truth);
  return told ?? (await wrongFiles(run, []));
}

/** What is left of the small disk is copied to the folder behind it: the namespace, and the disk with it, ends with the shell. */
const SCRIPT = `
  room=$1; shift; behind=$PWD
  mount --bind "$behind" /mnt && mount -t tmpfs -o size=8m tmpfs "$behind" && cd "$behind" || exit 98
  head -c $((8 * 1024 * 1024 - room)) /dev/zero > ballast
  "$@" > out.json; status=$?
  rm ballast; cp -a . /mnt; exit $status
`;

const WITHOUT_ROOM_FOR_RUNS = `
  mount -t tmpfs -o size=64k tmpfs /dev/shm || exit 98
  head -c 65536 /dev/zero > /dev/shm/ballast
  exec "$@"
`;
