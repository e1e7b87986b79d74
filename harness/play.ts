import { STOPPED_IN_WORDS } from "./engine/outside.ts";
import type { Pool } from "./engine/pool.ts";
import type { FromConductor, PlayRequest } from "./engine/protocol.ts";
import { positionIn, type PlayedRun, type Position } from "./position.ts";
import { RequestError } from "./request-error.ts";
import type { Scenario } from "./scenario.ts";

/**
 * A scenario with one input, whose schedule somebody chooses step by step: a learner, or whoever wants to see every way in
 * which it can go. Each position is a real run of the engine. Dispose of it to end its processes.
 *
 * @example
 * await using play = new Play(ticketRush, { tickets: 1, buyers: 2 });
 * const start = await play.at([]);
 * start.choices; // [{ process: "buyer 1", label: "read stock", ... }, { process: "buyer 2", ... }]
 * const next = await play.at([...start.guide, start.choices[1].strand]);
 */
export class Play implements AsyncDisposable {
  #pool: Promise<Pool> | null = null;
  #scenario!: Scenario;
  #program!: Omit<PlayRequest, "guide" | "sources">;
  #answer: ((message: FromConductor) => void) | null = null;

  constructor(scenario: Scenario<any, any>, input: unknown, name?: string | null) {
    this.change(scenario, input, name);
  }

  /** Goes on with another scenario, in the same processes. */
  change(scenario: Scenario<any, any>, input: unknown, name: string | null = scenario.name ?? null): void {
    const { moduleUrl, ordinal } = scenario;
    this.#scenario = scenario as Scenario;
    this.#program = { moduleUrl, ordinal, name, input, stepsMax: STEPS_MAX };
  }

  /**
   * Where the run stands after these choices, and after all steps that follow from them without a choice.
   *
   * @param guide who takes each step, as the `guide` of an earlier position and one of its choices say
   * @throws {RequestError} the scenario cannot be run
   */
  async at(guide: readonly number[]): Promise<Position> {
    return positionIn(await this.#play({ ...this.#program, guide, sources: true }), guide.length);
  }

  /**
   * The run that begins with these choices and goes on without interrupting anybody, with all positions that it passes. Its
   * steps have no `source`.
   *
   * @throws {RequestError} the scenario cannot be run
   */
  async run(guide: readonly number[]): Promise<PlayedRun> {
    return await this.#play({ ...this.#program, guide, sources: false });
  }

  async #play(request: PlayRequest): Promise<PlayedRun> {
    const [lane] = (await (this.#pool ??= newPool())).lanes;
    if (this.#scenario.files !== undefined) await lane.makeFolder();
    lane.listen((message) => this.#answer?.(message));
    await lane.start(2);
    let watch: NodeJS.Timeout | undefined;
    const played = new Promise<PlayedRun>((resolve, reject) => {
      watch = setInterval(() => {
        if (lane.isHalted) reject(new RequestError(`${lane.conductorInWords} ${STOPPED_IN_WORDS}.`, "Begin again."));
      }, LOOK_EVERY_MS);
      this.#answer = (message) => {
        if (message.type === "played") resolve(message.run);
        else if (message.type === "trouble")
          reject(new RequestError(message.trouble.message, "Nothing can be played."));
      };
      lane.tell({ type: "play", request });
    });
    return await played.finally(() => clearInterval(watch));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const pool = await this.#pool;
    await pool?.[Symbol.asyncDispose]();
  }
}

/** Loaded only here, as in check.ts. */
async function newPool(): Promise<Pool> {
  const { Pool } = await import("./engine/pool.ts");
  return new Pool({ lanes: 1, free: false, watchdogMs: WATCHDOG_MS, memoryBytes: MEMORY_BYTES });
}

const STEPS_MAX = 2000;
const LOOK_EVERY_MS = 500;
const WATCHDOG_MS = 5000;
const MEMORY_BYTES = 16 << 20;
