import { Baton } from "./baton.ts";
import { H, LaneMemory, MAGIC, PARTS } from "./lane-memory.ts";
import type { Workers } from "./crew.ts";
import { Lane } from "./lane.ts";
import { LanePlay } from "./lane-play.ts";
import { LaneSearch } from "./lane-search.ts";
import { joinLane, reportReady } from "./membership.ts";
import { endInWords, type Mishap } from "./outside.ts";
import type { FromConductor, ToConductor } from "./protocol.ts";
import { RunFolder } from "./run-folder.ts";

/**
 * The conductor of a lane: a process of its own, so that the one which called forkcheck keeps its event loop, on the same
 * core as the lane's workers. It sets up runs, sleeps while they are executed, and judges them.
 */
class RemoteWorkers implements Workers {
  readonly lost = new Map<number, string>();
  readonly watchdogMs: number;
  readonly mishaps: Mishap[] = [];
  stopping = false;
  readonly #killing = new Set<number>();
  #ready = 0;
  #wake: () => void = () => {};

  constructor(watchdogMs: number) {
    this.watchdogMs = watchdogMs;
  }

  async ensure(count: number): Promise<void> {
    if (this.#ready >= count && this.lost.size === 0) return;
    tell({ type: "ensure", count });
    // Now and not when all are there: somebody who dies meanwhile must not be forgotten.
    this.lost.clear();
    this.#ready = 0;
    while (this.#ready < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.stopping) return;
    }
  }

  async kill(worker: number): Promise<void> {
    this.#killing.add(worker);
    tell({ type: "kill", worker });
    await this.gone(worker);
  }

  expect(worker: number): void {
    if (!this.lost.has(worker)) this.#killing.add(worker);
    else this.forgive(worker);
  }

  forgive(worker: number): void {
    const others = this.mishaps.filter((mishap) => mishap.worker !== worker);
    this.mishaps.splice(0, this.mishaps.length, ...others);
  }

  async gone(worker: number): Promise<void> {
    while (!this.lost.has(worker) && !this.stopping) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  hear(message: ToConductor): void {
    if (message.type === "workers") this.#ready = message.count;
    else if (message.type === "lost") {
      const { worker, reason } = message;
      this.lost.set(worker, reason);
      if (!this.#killing.delete(worker)) this.mishaps.push({ worker, what: endInWords(reason) });
    } else if (message.type === "stop") this.stopping = true;
    this.#wake();
  }
}

const ALIVE_EVERY_MS = 250;

const membership = joinLane();
const memory = new LaneMemory(membership.region);
memory.words[H.magic] = MAGIC;
Atomics.store(memory.words, PARTS.turns >> 2, 0);
const workers = new RemoteWorkers(membership.watchdogMs);
const folder = new RunFolder(membership.folder);
const lane = new Lane(memory, new Baton(memory, 0), workers, folder);
const search = new LaneSearch({ lane, memory, workers, tell });
const play = new LanePlay({ lane, memory, tell });

process.on("message", (message: ToConductor) => {
  workers.hear(message);
  search.hear(message);
  play.hear(message);
});
process.on("disconnect", () => process.exit(0));
// The pool knows by this that the conductor is not caught in a property or another function of the user's.
setInterval(() => tell({ type: "alive" }), ALIVE_EVERY_MS).unref();
reportReady();
process.channel?.ref();

function tell(message: FromConductor): void {
  process.send?.(message);
}
