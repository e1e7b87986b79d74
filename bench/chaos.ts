import type { Bench, BenchRow } from "./bench.ts";
import { COMMANDS, CommandRun, type ChaosCommand, type Observed } from "./chaos/command.ts";
import { canFillDisks, freeBytesOf, onFullDisk } from "./chaos/full-disk.ts";
import { sendSignal, signalOf, type Outcome } from "./chaos/signals.ts";

/**
 * forkcheck itself under faults: its processes are killed and stopped from outside at random moments, and the disk is full
 * while it writes. 200 commands in all; each row says how many of them came to a wrong verdict, blamed somebody else, hung,
 * left something behind or wrote half a file.
 */
export const chaos: Bench = {
  name: "chaos",
  async run(isWanted, progress) {
    const rows: BenchRow[] = [];
    for (const [index, command] of COMMANDS.entries()) {
      for (const [kind, count, disturb] of DISTURBANCES) {
        const name = `${command.name}: ${kind}`;
        if (!isWanted(name)) continue;
        const truth = await undisturbed(command);
        const outcomes: Outcome[] = [];
        const seeds = Array.from({ length: count }, (_, run) => index * 1000 + run);
        const workers = Array.from({ length: AT_A_TIME }, async () => {
          for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
            outcomes.push(await disturb(command, truth, seed));
        });
        await Promise.all(workers);
        for (const { hit, wrong } of outcomes) if (wrong !== null) process.stderr.write(`${name}, ${hit}: ${wrong}\n`);
        const wrong = outcomes.filter((outcome) => outcome.wrong !== null).length;
        const named = outcomes.filter((outcome) => outcome.named).length;
        rows.push({ name, value: wrong, unit: `wrong of ${count}; ${named} named the fault` });
        progress(rows[rows.length - 1]);
      }
    }
    return rows;
  },
};

/** What the command says when nobody disturbs it. */
export async function undisturbed(command: ChaosCommand): Promise<Observed> {
  using run = new CommandRun();
  const truth = await run.run(command);
  if (truth.status !== command.status) throw new Error(`${command.name} ended with ${truth.status}: ${truth.stderr}`);
  return truth;
}

const AT_A_TIME = 2;

type Disturb = (command: ChaosCommand, truth: Observed, seed: number) => Promise<Outcome>;

const DISTURBANCES: readonly (readonly [kind: string, count: number, Disturb])[] = [
  ["signals", 28, (command, truth, seed) => sendSignal(signalOf(command, truth.ms, seed), truth)],
  ...(canFillDisks()
    ? [
        [
          "full disk",
          6,
          (command: ChaosCommand, truth: Observed, seed: number) => onFullDisk(command, truth, freeBytesOf(seed)),
        ] as const,
      ]
    : []),
];
