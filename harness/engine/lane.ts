import { serialize } from "node:v8";
import type { History } from "../history.ts";
import { looksAtTime } from "../judge.ts";
import type { Wait } from "../liveness.ts";
import type { FaultInWords } from "../result.ts";
import type { TraceEntry } from "../trace.ts";
import type { FolderView, Scenario } from "../scenario.ts";
import { strategyNumber } from "../strategies/index.ts";
import { processOf } from "../strategies/strategy.ts";
import type { Baton } from "./baton.ts";
import { Crew, type Loss, type Workers } from "./crew.ts";
import {
  ARENA_START,
  COMMAND,
  D,
  ENDING,
  H,
  LIMITS,
  P,
  PARTS,
  PROCESS,
  QUEUES,
  SIGNAL,
  SIZES,
  type LaneMemory,
} from "./lane-memory.ts";
import { Inodes } from "../node/inodes.ts";
import { FreeFaults } from "./free-faults.ts";
import { FreeWatch } from "./free-watch.ts";
import { hashOf, Names } from "./names.ts";
import { isFromOutside, Patience } from "./outside.ts";
import { encodedInput, Preparation, usesFolder, type Prepared } from "./preparation.ts";
import { seedRandom } from "./random.ts";
import { Recording } from "./recording.ts";
import type { RunNames } from "./run-names.ts";
import { RunFolder } from "./run-folder.ts";
import { outcomeOf, type RunOutcome } from "./run-outcome.ts";
import type { RunRequest } from "./run-request.ts";
import { namesOfRun } from "./run-names.ts";
import { guarded, inTime } from "./scenario-call.ts";
import { Scheduler } from "./scheduler.ts";
import { processAt } from "./strands.ts";
import { Values } from "./values.ts";
import { OutsideError } from "./trouble.ts";
import { waitsOf } from "./waits.ts";

/**
 * Executes runs, one after the other, in one lane: the conductor's half of the engine. It sets up a run, gives the baton
 * away, and sleeps until it comes back. What the run left can be read from `recording` until the next one begins.
 */
export class Lane {
  readonly recording: Recording;
  readonly #memory: LaneMemory;
  readonly #baton: Baton;
  readonly #workers: Workers;
  readonly #crew: Crew;
  readonly #preparation: Preparation;
  readonly #names: Names;
  readonly #values: Values;
  readonly #scheduler: Scheduler;
  readonly #freeFaults: FreeFaults;
  readonly #freeWatch: FreeWatch;
  readonly #folder: RunFolder;
  readonly #inodes: Inodes;
  #program: Program | null = null;
  #prepared: Prepared | null = null;
  /** So many processes the program has started itself in one of its runs: as many workers are to wait for that. */
  #started = 0;
  /** The last run left processes in the middle of something. */
  #unclear = false;
  /** Workers that faults have killed, whose end has not been heard of yet. */
  #dying: number[] = [];
  /** What `final` said of the last run, where it may take its time. */
  #final: unknown = NOT_READ;
  #last: RunOutcome | null = null;

  constructor(memory: LaneMemory, baton: Baton, workers: Workers, folder: RunFolder) {
    this.#memory = memory;
    this.#baton = baton;
    this.#workers = workers;
    this.#preparation = new Preparation(memory);
    this.#names = new Names(memory);
    this.#values = new Values(memory, this.#names);
    this.#crew = new Crew(memory, baton, workers, this.#values);
    this.#scheduler = new Scheduler(memory);
    this.#freeFaults = new FreeFaults(memory, this.#scheduler, baton);
    this.#freeWatch = new FreeWatch(memory);
    this.recording = new Recording(memory, this.#names, this.#values, this.#scheduler);
    this.#folder = folder;
    this.#inodes = new Inodes(memory);
  }

  /** Makes `scenario` the one whose runs follow. Workers load it when they are first needed. */
  load(scenario: Scenario): void {
    const { words, bytes } = this.#memory;
    this.#program = { scenario };
    this.#prepared = null;
    this.#started = 0;
    this.#names.clear();
    words[H.names] = 0;
    words[H.nameBytes] = 0;
    words[H.beyond] = 0;
    const controlsNode = scenario.load !== undefined;
    const folder = usesFolder(scenario) ? this.#folder.path : null;
    const { moduleUrl: url, ordinal } = scenario;
    const text = encoder.encode(JSON.stringify({ url, ordinal, folder, controlsNode }));
    bytes.set(text, PARTS.program);
    words[H.programLength] = text.byteLength;
    words[H.programVersion]++;
  }

  /**
   * Makes `input` the one of the runs that follow: creates its shared objects, and takes care that there is a worker for
   * each process.
   *
   * @throws {ScenarioError} the scenario's own functions fail for this input
   */
  async prepare(input: unknown): Promise<Prepared> {
    const { words, bytes } = this.#memory;
    const { scenario } = this.#program as Program;
    await this.#clear();
    const prepared = this.#preparation.of(scenario, input);
    const encoded = encodedInput(input);
    bytes.set(encoded, PARTS.input);
    words[H.inputLength] = encoded.byteLength;
    words[H.inputVersion]++;
    words[H.arenaUsed] = prepared.snapshot.byteLength;
    words[H.arenaDigest] = prepared.layoutDigest;
    words[H.objectCount] = Math.min(prepared.objects.ranges.length, LIMITS.objectsMax);
    for (const [index, range] of prepared.objects.ranges.slice(0, LIMITS.objectsMax).entries()) {
      const at = (PARTS.objects >> 2) + index * SIZES.objectWords;
      words[at] = range.start;
      words[at + 1] = range.end;
      words[at + 2] = hashOf(range.name);
    }
    this.#prepared = prepared;
    await this.#crew.makeReady(prepared.roles.length);
    return prepared;
  }

  /**
   * Executes one run of the prepared input. One that lost a worker is done again, for that may have come from outside; if it
   * does so again, it is the program's doing.
   */
  async run(request: RunRequest): Promise<RunOutcome> {
    const first = await this.#runOnce(request);
    if (first.loss === null || !mayComeFromOutside(first.loss, request)) return (this.#last = first);
    const second = await this.#runOnce(request);
    if (second.loss?.kind === "halted") {
      throw new OutsideError(`a worker ${second.loss.reason}, and so was the one that took its place`);
    }
    if (second.loss !== null) this.#workers.forgive(second.loss.process);
    return (this.#last = second);
  }

  /** What the last run came to. */
  get outcome(): RunOutcome {
    return this.#last as RunOutcome;
  }

  async #runOnce(request: RunRequest): Promise<RunOutcome> {
    const prepared = this.#prepared as Prepared;
    await this.#clear();
    const { scenario } = this;
    if (scenario.setup !== undefined) await inTime("setup", () => scenario.setup?.(prepared.input));
    // Who begins anew after a death needs a worker that is there already.
    const spare = (request.faults ?? []).filter(({ kind }) => kind === "restart").length;
    const planned = Math.min(prepared.roles.length + spare, LIMITS.processesMax);
    const processes = Math.min(planned + this.#started, LIMITS.processesMax);
    if (this.#workers.lost.size > 0 || processes > prepared.roles.length) await this.#crew.makeReady(processes);
    this.#setUp(prepared, request, planned, processes);
    let loss: Loss | null = null;
    const first = request.free === undefined ? 1 : prepared.roles.length;
    for (let process = 0; process < first; process++) this.#baton.passTo(process + 1);
    if (!this.#isOverBy(now() + FIRST_WAIT_NS)) loss = await this.#waitPatiently();
    this.#final = NOT_READ;
    if (scenario.setup !== undefined) {
      const { final } = scenario;
      this.#final = await inTime("final", () => final?.(prepared.shared, this.#folderView));
    }
    const ending = this.#memory.words[H.ending];
    if (loss !== null) this.#noteLoss(loss);
    const left = {
      memory: this.#memory,
      values: this.#values,
      faults: this.#scheduler.faults,
      processes: this.names.processes,
    };
    const outcome = outcomeOf(left, prepared, request, loss);
    this.#unclear = loss !== null || ending !== ENDING.finished || this.#memory.words[H.deaths] > 0;
    this.#noteDying();
    if (ending !== ENDING.crowded) return outcome;
    // Nothing of the run depends on how many workers wait beside it.
    this.#started++;
    return await this.#runOnce(request);
  }

  /** The scenario whose runs these are. */
  get scenario(): Scenario {
    return (this.#program as Program).scenario;
  }

  /** The run that has just ended, as far as names go. */
  get names(): RunNames {
    return namesOfRun(this.#memory, this.#prepared as Prepared, (name) => this.#names.text(name));
  }

  /** What the scenario's `final` makes of the objects and files that the last run left. */
  final(): unknown {
    const { scenario } = this.#program as Program;
    const prepared = this.#prepared as Prepared;
    if (scenario.final === undefined) return undefined;
    if (this.#final !== NOT_READ) return this.#final;
    return guarded("final", () => scenario.final?.(prepared.shared, this.#folderView));
  }

  get #folderView(): FolderView {
    return { read: (name) => this.#folder.read(name), list: (name) => this.#folder.list(name) };
  }

  /** The history of the run that has just ended. */
  history(): History {
    return this.recording.history(this.names, this.final(), looksAtTime(this.scenario));
  }

  /** Its trace. */
  trace(): TraceEntry[] {
    return this.recording.trace(this.names);
  }

  /** What its processes wait for. */
  waits(): Wait[] {
    return waitsOf(this.#memory, this.names);
  }

  /** What befell its processes. */
  faults(): FaultInWords[] {
    return this.recording.faultsInWords(this.names);
  }

  /** Its trace, to compare it with another run's. */
  seen(): Seen {
    return { digest: this.recording.digest(), trace: this.trace() };
  }

  #setUp(prepared: Prepared, request: RunRequest, planned: number, processes: number): void {
    const { words, doubles, bytes } = this.#memory;
    bytes.set(prepared.snapshot, ARENA_START);
    if (prepared.files !== null) this.#folder.reset(prepared.files);
    if (this.#program?.scenario.load !== undefined) {
      this.#inodes.clear();
      this.#folder.register(this.#inodes, prepared.files ?? {});
    }
    words.fill(0, processAt(0), processAt(processes));
    words.fill(0, PARTS.strands >> 2, (PARTS.strands >> 2) + processes * LIMITS.strandsMax * SIZES.strandWords);
    words.fill(0, PARTS.queues >> 2, (PARTS.queues >> 2) + processes * QUEUES * SIZES.queueWords);
    words[H.processes] = processes;
    words[H.planned] = planned;
    words[H.starters] = prepared.roles.length;
    for (let process = 0; process < prepared.roles.length; process++) {
      words[processAt(process) + P.state] = PROCESS.live;
      words[processAt(process) + P.strand] = 1;
      words[processAt(process) + P.role] = prepared.roles.indexOf(prepared.roles[process]);
    }
    for (const cell of CLEARED) words[cell] = 0;
    // Of those that are yet to begin nobody is waited for until they have.
    if (request.free !== undefined) words[H.finished] = processes - prepared.roles.length;
    words[H.run]++;
    words[H.command] = COMMAND.run;
    words[H.lastStrand] = -1;
    words[H.stepsMax] = request.stepsMax;
    words[H.strategy] = strategyNumber(request.strategy);
    words[H.keepCandidates] = request.keepCandidates === true ? 1 : 0;
    words[H.patient] = request.patient === true ? 1 : 0;
    words[H.recordSource] = request.recordSource === true ? 1 : 0;
    words[H.recordAsides] = request.recordAsides === true ? 1 : 0;
    words[H.free] = request.free === undefined ? 0 : 1;
    words[H.freeSeed] = request.seed;
    words[H.delayMicrosMax] = request.free?.delayMicrosMax ?? 0;
    words[H.drawSeed] = request.seed;
    words[H.drawSmallest] = request.draws === undefined ? 0 : 1;
    seedRandom(words, H.random, request.seed);
    doubles[(PARTS.headerDoubles >> 3) + D.clock] = 0;
    doubles[(PARTS.headerDoubles >> 3) + D.wallOffset] = 0;
    // A server hears of a death only if it happens.
    words[H.signals] = request.signals === true || this.scenario.setup !== undefined ? 1 : 0;
    this.#scheduler.faults.plan(request.faults ?? []);
    words[H.scheduleLength] = 0;
    if (request.schedule !== undefined) {
      words.set(request.schedule, PARTS.schedule >> 2);
      words[H.scheduleLength] = request.schedule.length;
    }
    words[H.presetLength] = 0;
    if (request.draws !== undefined && request.draws.some((drawn) => drawn.length > 0)) {
      const preset = serialize(request.draws);
      bytes.set(preset, PARTS.preset);
      words[H.presetLength] = preset.byteLength;
    }
    // In free mode nobody asks a strategy.
    if (request.free === undefined) this.#scheduler.enter(true);
  }

  /**
   * Sleeps until the run is over, or until the deadline; returns whether it is over. Who ends a run says how before it gives the
   * baton back: a baton that says nothing was given back late by a worker that had been loading, and ends no run.
   */
  #isOverBy(deadlineNs: number): boolean {
    return this.#baton.awaitUntil(deadlineNs, now, () => this.#memory.words[H.ending] !== ENDING.none);
  }

  /** The run takes longer than most: look now and then whether it still moves and whether its workers are alive. */
  async #waitPatiently(): Promise<Loss | null> {
    const { words } = this.#memory;
    const { watchdogMs } = this.#workers;
    let progress = words[H.progress];
    let quietLooks = 0;
    const patience = new Patience();
    this.#freeWatch.moved();
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#freeFaults.attend();
      if (this.#isOverBy(now() + NEXT_WAIT_NS)) return null;
      if (words[H.progress] !== progress) {
        progress = words[H.progress];
        quietLooks = 0;
        patience.renew();
        this.#freeWatch.moved();
      } else {
        quietLooks++;
      }
      const dead = quietLooks >= QUIET_LOOKS ? this.#crew.dead() : null;
      if (dead !== null) return dead;
      if (this.#workers.stopping) return { process: -1, reason: "stopped", kind: "stopped" };
      const halted = quietLooks % LOOKS_PER_STANDSTILL === 0 ? await this.#crew.halted() : null;
      if (halted !== null) return halted;
      if (patience.look() <= watchdogMs) continue;
      const stopped = await this.#crew.halted(true);
      if (stopped !== null) return stopped;
      if (words[H.free] === 0 || this.#freeWatch.caught() >= 0) return await this.#crew.stuck(this.#whoIsStuck());
      words[H.ending] = ENDING.deadlock;
      return null;
    }
  }

  /** Any process of the run: also one that begins a dead one's role anew, or that the program has started. */
  #whoIsStuck(): number {
    const { words } = this.#memory;
    const last = words[H.lastStrand];
    let process = last >= 0 ? processOf(last) : words[H.starting];
    if (words[H.steps] === 0) process = words[H.starting];
    if (words[H.free] === 1) process = this.#freeWatch.caught();
    return process < 0 || process >= words[H.processes] ? 0 : process;
  }

  #noteLoss({ process, reason }: Loss): void {
    if (process < 0) return;
    const own = processAt(process);
    this.#memory.words[own + P.state] = PROCESS.killed;
    this.#values.write(own + P.endTag, reason);
  }

  #noteDying(): void {
    const { words } = this.#memory;
    if (words[H.deaths] === 0 || (words[H.signals] === 0 && words[H.free] === 0)) return;
    for (let process = 0; process < words[H.processes]; process++) {
      if (words[processAt(process) + P.signal] !== SIGNAL.sent) continue;
      this.#dying.push(process);
      this.#workers.expect(process);
    }
  }

  /**
   * The last run ended with processes still in it: clear their stacks, and replace whoever does not let go. Done when the next
   * one is to begin, so that what unwinds here cannot touch what is judged.
   */
  async #clear(): Promise<void> {
    for (const process of this.#dying.splice(0)) await this.#workers.gone(process);
    if (!this.#unclear) return;
    this.#unclear = false;
    const { words } = this.#memory;
    words[H.aborting] = 1;
    for (let process = 0; process < words[H.processes]; process++) {
      if (!this.#isInside(process) || this.#workers.lost.has(process)) continue;
      if (words[H.free] === 1) {
        await this.#workers.kill(process);
        continue;
      }
      this.#baton.passTo(process + 1);
      let came = this.#baton.awaitUntil(now() + CLEAR_WAIT_NS, now);
      for (let looks = 0; !came && looks < CLEAR_LOOKS && !this.#workers.lost.has(process); looks++) {
        await new Promise((resolve) => setImmediate(resolve));
        came = this.#baton.awaitUntil(now() + CLEAR_WAIT_NS, now);
      }
      if (!came) await this.#workers.kill(process);
    }
    // A baton that came back late must not be mistaken for the end of the next run.
    this.#baton.awaitUntil(0, now);
    words[H.aborting] = 0;
  }

  #isInside(process: number): boolean {
    const { words } = this.#memory;
    const own = processAt(process);
    if (words[own + P.state] === PROCESS.live) return true;
    return words[own + P.state] === PROCESS.killed && words[own + P.signal] === SIGNAL.none;
  }
}

/** The trace of a run, with a number that tells whether another run's is the same. */
export interface Seen {
  readonly digest: number;
  readonly trace: readonly TraceEntry[];
}

interface Program {
  readonly scenario: Scenario;
}

/** Header words that are zero at the start of each run. */
const CLEARED = [
  H.aborting,
  H.entries,
  H.steps,
  H.choices,
  H.switches,
  H.preemptions,
  H.ending,
  H.endingProcess,
  H.textUsed,
  H.operations,
  H.draws,
  H.schedulePosition,
  H.divergedAt,
  H.waitSequence,
  H.changedAt,
  H.candidatesUsed,
  H.finished,
  H.starting,
  H.aliased,
  H.armed,
  H.deaths,
  H.doomed,
  H.asides,
  H.servers,
  H.touched,
  H.asking,
  H.silent,
  H.mails,
  H.timed,
] as const;

/** Most runs are over in far less; after that the conductor looks around now and then. */
const FIRST_WAIT_NS = 20e6;
const NEXT_WAIT_NS = 10e6;
const CLEAR_WAIT_NS = 20e6;
const CLEAR_LOOKS = 50;
/** Looks without any movement after which a run with a dead worker is taken to wait for that worker. */
const QUIET_LOOKS = 2;
const NOT_READ = Symbol("not read yet");
/** Whether somebody is stopped is asked now and then: it takes a look into /proc for each. */
const LOOKS_PER_STANDSTILL = 10;

/** In free mode the same run may go otherwise, and only what nothing but somebody outside does is not the program's. */
function mayComeFromOutside({ kind, reason }: Loss, { free }: RunRequest): boolean {
  if (kind === "stopped") return false;
  return free === undefined || kind === "halted" || (kind === "died" && isFromOutside(reason));
}

const encoder = new TextEncoder();
const hrtime = process.hrtime.bigint;

function now(): number {
  return Number(hrtime());
}
