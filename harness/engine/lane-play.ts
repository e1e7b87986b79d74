import { dataText } from "../data-text.ts";
import { judge, orderInView } from "../judge.ts";
import { States } from "../exhaustive/states.ts";
import type { Aside } from "../exhaustive/execution.ts";
import type { Moment, PlayedRun } from "../position.ts";
import { scheduleOf } from "../run-value.ts";
import { encodeToken } from "../token.ts";
import { recordedExecution } from "./recorded-execution.ts";
import type { LaneMemory } from "./lane-memory.ts";
import type { Lane } from "./lane.ts";
import type { LaneParts } from "./lane-runs.ts";
import type { Prepared } from "./preparation.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { processOf } from "../strategies/strategy.ts";
import type { FromConductor, PlayRequest, ToConductor } from "./protocol.ts";
import type { Decision } from "./recording.ts";
import { loadScenario } from "./scenario-module.ts";
import { ScenarioError, troubleOf } from "./trouble.ts";

/**
 * Lets somebody else be the scheduler. There is no run that waits for an answer: each position is reached by executing the
 * choices that lead to it from the beginning, as a replay does, and going on to the end without preemption. What comes after
 * the position tells what each process is about to do; and whoever wants to see every position has many of them in one run.
 */
export class LanePlay {
  readonly #lane: Lane;
  readonly #memory: LaneMemory;
  readonly #tell: (message: FromConductor) => void;
  #program = "";
  #prepared: Prepared | null = null;

  constructor({ lane, memory, tell }: Pick<LaneParts, "lane" | "memory" | "tell">) {
    this.#lane = lane;
    this.#memory = memory;
    this.#tell = tell;
  }

  hear(message: ToConductor): void {
    if (message.type === "play") void this.#answer(message.request);
  }

  async #answer(request: PlayRequest): Promise<void> {
    try {
      this.#tell({ type: "played", run: await this.#play(request) });
    } catch (error) {
      this.#tell({ type: "trouble", trouble: troubleOf(error, request.name ?? "the scenario") });
    }
  }

  async #play(request: PlayRequest): Promise<PlayedRun> {
    const { scenario, name } = await loadScenario(request);
    const program = `${request.moduleUrl} ${request.ordinal} ${dataText(request.input)}`;
    if (program !== this.#program || this.#prepared === null) {
      this.#lane.load(scenario);
      this.#prepared = await this.#lane.prepare(request.input);
      this.#program = program;
    }
    const outcome = await this.#lane.run({
      strategy: "guide",
      schedule: [...request.guide],
      draws: [],
      seed: 0,
      stepsMax: request.stepsMax,
      keepCandidates: true,
      recordSource: request.sources,
      recordAsides: true,
    });
    if (outcome.failure !== "") throw new ScenarioError(outcome.failure);
    return this.#read(name, request.input, outcome, this.#prepared);
  }

  #read(name: string, input: unknown, outcome: RunOutcome, prepared: Prepared): PlayedRun {
    const lane = this.#lane;
    const { recording } = lane;
    const decisions = recording.decisions();
    const trace = lane.trace();
    const history = lane.history();
    const run = { history: () => history, trace: () => trace, waits: () => lane.waits() };
    const schedule = scheduleOf(decisions, (strand) => recording.pendingFingerprint(strand));
    return {
      moments: this.#moments(decisions, trace, prepared),
      trace,
      history: history.operations,
      ends: history.processes,
      violation: judge(outcome, run, lane.scenario),
      token: encodeToken(name, { input, draws: recording.draws(), schedule, faults: [] }),
    };
  }

  #moments(decisions: readonly Decision[], trace: PlayedRun["trace"], { processes }: Prepared): Moment[] {
    const states = this.#states();
    // The last one first, as `States` wants it.
    return decisions
      .map((_, index) => index)
      .toReversed()
      .map((at) => {
        const { strand, entry, candidates } = decisions[at];
        const last = decisions[at - 1]?.strand;
        const choices = (candidates.length > 0 ? candidates : [strand]).map((candidate) => {
          const taken = decisions.find((decision, index) => index >= at && decision.strand === candidate);
          const behind = states?.behind(at, candidate) ?? null;
          return {
            strand: candidate,
            process: processes[processOf(candidate)],
            label: taken === undefined ? "go on" : trace[taken.entry - 1].label,
            preempts: last !== undefined && candidate !== last && candidates.includes(last),
            name: behind?.step ?? "",
            state: behind?.state ?? "",
          };
        });
        return { strand, entry, choices };
      })
      .toReversed();
  }

  /** null where the order of steps alone does not say what state they lead to. */
  #states(): States | null {
    const order = orderInView(this.#lane.scenario);
    const execution = recordedExecution(this.#memory, order, [ALL_OF_MEMORY]);
    return order === "in steps" || execution.manyStrands || execution.asidesLost ? null : new States(execution.steps);
  }
}

/** Whatever is looked at or changed without a step counts as ordered by the step before: there are more states then, not fewer. */
const ALL_OF_MEMORY: Aside = { offset: 0, end: Infinity, mask: -1, writes: true };
