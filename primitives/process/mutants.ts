import type { WaitOptions } from "../operation.ts";
import { Process, type ProcessOptions } from "./process.ts";

// Processes with one seeded bug each. They are no mutants for the engine, which schedules processes and starts none: the
// claims of fixtures/process-claims.ts find them.

/** Says that it has joined a child that still runs. */
export class ProcessJoinsEarly extends Process {
  override async join(options?: WaitOptions): Promise<number | null> {
    return (await super.join({ ...options, timeoutMs: 0 })) ?? 0;
  }
}

/** Takes a time-out for the end of the child. */
export class ProcessJoinsByTheClock extends Process {
  override async join(options?: WaitOptions): Promise<number | null> {
    return (await super.join(options)) ?? 0;
  }
}

/** Does not tell a signal from an exit code. */
export class ProcessForgetsTheSignal extends Process {
  override get exitCode(): number | null {
    const code = super.exitCode;
    return code === null ? null : Math.abs(code);
  }

  override async join(options?: WaitOptions): Promise<number | null> {
    return (await super.join(options)) === null ? null : this.exitCode;
  }
}

/** Keeps the sign, and loses what a child that ended by itself had to say. */
export class ProcessForgetsTheCode extends Process {
  override async join(options?: WaitOptions): Promise<number | null> {
    const code = await super.join(options);
    return code === null ? null : Math.min(code, 0);
  }
}

/** Asks where it should not ask. */
export class ProcessKillsPolitely extends Process {
  override kill(): void {
    super.terminate();
  }
}

/** Does not ask: nothing is cleaned up. */
export class ProcessTerminatesByForce extends Process {
  override terminate(): void {
    super.kill();
  }
}

/** Lives before it was born. */
export class ProcessLivesTooEarly extends Process {
  override get alive(): boolean {
    return this.exitCode === null;
  }
}

/** Lets go of a child that still runs. */
export class ProcessClosesAnyway extends Process {
  override close(): void {
    if (!super.alive) super.close();
  }
}

/** Keeps its parent running, whatever it was made as. */
export class ProcessIsNeverADaemon extends Process {
  constructor(module: string | URL, role: string, options: ProcessOptions = {}) {
    super(module, role, { ...options, daemon: false });
  }
}
