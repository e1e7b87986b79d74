import { dataText } from "../data-text.ts";
import { judge } from "../judge.ts";
import type { NextStep, Position } from "../position.ts";
import { scheduleOf } from "../run-value.ts";
import { encodeToken } from "../token.ts";
import type { Lane } from "./lane.ts";
import type { Prepared } from "./preparation.ts";
import type { RunOutcome } from "./run-outcome.ts";
import { STRANDS_PER_PROCESS } from "../strategies/strategy.ts";
import type { FromConductor, PlayRequest, ToConductor } from "./protocol.ts";
import type { Decision } from "./recording.ts";
import { loadScenario } from "./scenario-module.ts";
import { ScenarioError, troubleOf } from "./trouble.ts";

/**
 * Lets somebody else be the scheduler. There is no run that waits for an answer: each position is reached by executing the
 * choices that lead to it from the beginning, as a replay does, and going on to the end without preemption. What comes after
 * the position tells what each process is about to do, and is not shown.
 */
export class LanePlay {
  readonly #lane: Lane;
  readonly #tell: (message: FromConductor) => void;
  #program = "";
  #prepared: Prepared | null = null;

  constructor(lane: Lane, tell: (message: FromConductor) => void) {
    this.#lane = lane;
    this.#tell = tell;
  }

  hear(message: ToConductor): void {
    if (message.type === "play") void this.#answer(message.request);
  }

  async #answer(request: PlayRequest): Promise<void> {
    try {
      this.#tell({ type: "played", position: await this.#at(request) });
    } catch (error) {
      this.#tell({ type: "trouble", trouble: troubleOf(error, request.name ?? "the scenario") });
    }
  }

  async #at(request: PlayRequest): Promise<Position> {
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
      recordSource: true,
    });
    if (outcome.failure !== "") throw new ScenarioError(outcome.failure);
    return this.#position({ ...request, name }, outcome, this.#prepared);
  }

  #position(
    { guide, name, input }: PlayRequest & { readonly name: string },
    outcome: RunOutcome,
    prepared: Prepared,
  ): Position {
    const { recording } = this.#lane;
    const decisions = recording.decisions();
    const trace = this.#lane.trace();
    const at = decisions.findIndex(({ candidates }, index) => index >= guide.length && candidates.length > 1);
    const history = this.#lane.history();
    if (at < 0) {
      const schedule = scheduleOf(decisions, (strand) => recording.pendingFingerprint(strand));
      return {
        guide: decisions.map(({ strand }) => strand),
        trace,
        history: history.operations,
        ends: history.processes,
        choices: [],
        violation: judge(
          outcome,
          { history: () => history, trace: () => trace, waits: () => this.#lane.waits() },
          this.#lane.scenario,
        ),
        token: encodeToken(name, { input, draws: recording.draws(), schedule, faults: [] }),
      };
    }
    const next = decisions[at].entry;
    return {
      guide: decisions.slice(0, at).map(({ strand }) => strand),
      trace: trace.slice(0, next - 1),
      history: history.operations
        .filter(({ invoked }) => invoked < next)
        .map((operation) =>
          operation.returned === null || operation.returned < next
            ? operation
            : { ...operation, outcome: "pending", result: undefined, returned: null },
        ),
      ends: history.processes.map((end) => ({ ...end, end: "finished", reason: "" })),
      choices: this.#choices(decisions, at, trace, prepared),
      violation: null,
      token: "",
    };
  }

  #choices(
    decisions: readonly Decision[],
    at: number,
    trace: Position["trace"],
    { processes }: Prepared,
  ): readonly NextStep[] {
    const last = decisions[at - 1]?.strand;
    return decisions[at].candidates.map((strand) => {
      const taken = decisions.find((decision, index) => index >= at && decision.strand === strand);
      return {
        strand,
        process: processes[Math.floor(strand / STRANDS_PER_PROCESS)],
        label: taken === undefined ? "go on" : trace[taken.entry - 1].label,
        preempts: last !== undefined && strand !== last && decisions[at].candidates.includes(last),
      };
    });
  }
}
