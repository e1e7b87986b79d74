import { emitKeypressEvents } from "node:readline";
import type { Screen } from "./screen.ts";

/** One key at a time from the terminal. The terminal is itself again when this is disposed of, however that comes. */
export class Keyboard implements Disposable {
  readonly #wasRaw = process.stdin.isRaw;
  readonly #restore = (): void => void process.stdin.setRawMode(this.#wasRaw);

  constructor() {
    emitKeypressEvents(process.stdin);
    process.once("exit", this.#restore);
    process.stdin.setRawMode(true);
  }

  /** The next key: "1", "q", "return". Ctrl-C ends forkcheck, as it does everywhere. */
  async key(): Promise<string> {
    const key = await new Promise<{ name?: string; sequence?: string; ctrl?: boolean }>((resolve) => {
      process.stdin.once("keypress", (_text, pressed) => resolve(pressed));
      process.stdin.resume();
    });
    process.stdin.pause();
    if (key.ctrl === true && (key.name === "c" || key.name === "d")) process.exit(130);
    return key.name ?? key.sequence ?? "";
  }

  async waitForEnter(screen: Screen): Promise<void> {
    screen.pressEnter();
    for (;;) {
      const key = await this.key();
      if (key === "return" || key === "enter" || key === "space") return;
      if (key === "q") process.exit(0);
    }
  }

  [Symbol.dispose](): void {
    process.off("exit", this.#restore);
    this.#restore();
  }
}
