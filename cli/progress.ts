import ora, { type Ora } from "ora";
import type { Progress } from "../harness/options.ts";

/** One line at the bottom of a terminal that says how far the search is; nothing where there is no terminal. */
export class ProgressLine implements Disposable {
  readonly #spinner: Ora | null;

  constructor(wanted: boolean) {
    this.#spinner = wanted && process.stderr.isTTY ? ora({ stream: process.stderr, discardStdin: false }) : null;
  }

  show({ scenario, runs, of, elapsedMs, phase }: Progress): void {
    if (this.#spinner === null) return;
    const rate = Math.round(runs / Math.max(elapsedMs / 1000, 0.001));
    const how =
      phase === "searching"
        ? `${runs.toLocaleString("en")} of ${of.toLocaleString("en")} runs, ${rate.toLocaleString("en")}/s`
        : "found a failure, making it smaller";
    this.#spinner.text = `${scenario}: ${how}`;
    if (!this.#spinner.isSpinning) this.#spinner.start();
  }

  /** Makes room for a line of output. */
  clear(): void {
    this.#spinner?.stop();
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
