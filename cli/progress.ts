import ora, { type Ora } from "ora";
import type { Progress } from "../harness/options.ts";

/**
 * Says how far the search is: in one line at the bottom of a terminal, and where there is none, for who asked for it, in a line
 * of standard error now and then.
 */
export class ProgressLine implements Disposable {
  readonly #spinner: Ora | null;
  readonly #print: ((line: string) => void) | null;
  /** When the next line is due, by scenario, in milliseconds from the begin of its search. */
  readonly #dueMs = new Map<string, number>();

  constructor({ inPlace, lines }: ProgressWays, stream: ProgressStream = process.stderr) {
    this.#spinner = inPlace && stream.isTTY ? ora({ stream: process.stderr, discardStdin: false }) : null;
    this.#print = lines && !stream.isTTY ? (line) => void stream.write(`${line}\n`) : null;
  }

  show(progress: Progress): void {
    if (this.#spinner !== null) {
      this.#spinner.text = textOf(progress);
      if (!this.#spinner.isSpinning) this.#spinner.start();
    }
    const { scenario, elapsedMs } = progress;
    if (this.#print === null || elapsedMs < (this.#dueMs.get(scenario) ?? FIRST_LINE_MS)) return;
    this.#dueMs.set(scenario, elapsedMs + NEXT_LINE_MS);
    this.#print(textOf(progress));
  }

  /** Makes room for a line of output. */
  clear(): void {
    this.#spinner?.stop();
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}

/** Which ways are wanted. */
interface ProgressWays {
  /** A line in a terminal that changes. */
  readonly inPlace: boolean;
  /** Lines where there is no terminal. */
  readonly lines: boolean;
}

/** What of standard error is used. */
interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const FIRST_LINE_MS = 10_000;
const NEXT_LINE_MS = 30_000;

function textOf({ scenario, runs, of, elapsedMs, phase }: Progress): string {
  const rate = Math.round(runs / Math.max(elapsedMs / 1000, 0.001));
  const how =
    phase === "searching"
      ? `${runs.toLocaleString("en")} of ${of.toLocaleString("en")} runs, ${rate.toLocaleString("en")}/s`
      : "found a failure, making it smaller";
  return `${scenario}: ${how}`;
}
