import { ownAgent, registryOf } from "./agents.ts";
import { Doorbell, Ringer } from "./doorbell.ts";
import { AGENTS_MAX, ENTRIES_MAX, ENTRIES_USED, ENTRY_AGENT, ENTRY_COUNTS, ENTRY_OFFSET, entryIndex } from "./lobby.ts";
import { monotonicNow } from "./monotonic.ts";
import { probe, type WaitOutcome } from "./probe.ts";
import type { Region } from "./region.ts";
import type { Word } from "./word.ts";

/** How often a process whose tasks await looks whether somebody died, in milliseconds. Deaths are noticed within twice that. */
const SWEEP_MS = 45;
/** Longest sleep of one timer: what setTimeout can count. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** Tasks of one process that await the same word through an entry; more than these poll. */
const WAITING_MAX = 0x7fff;
const WAITING = 0xffff;
const GRANTED_ONE = 1 << 16;

export function waitingRoomOf(region: Region): WaitingRoom {
  let room = rooms.get(region);
  if (room === undefined) rooms.set(region, (room = new WaitingRoom(region)));
  return room;
}

const rooms = new WeakMap<Region, WaitingRoom>();

/**
 * Where awaiting tasks wait for a wake, in production. Shared memory holds one entry per process and word: how many of
 * the process's tasks wait there, and how many wakes it has been granted. A waker grants and rings; the process hands its
 * grants to its own tasks, longest waiting first.
 *
 * A wake is never lost: a task that leaves for another reason first takes back its place in the count, and if it finds
 * its place granted already, it has been woken.
 */
export class WaitingRoom {
  readonly #region: Region;
  readonly #lobby: Int32Array;
  readonly #ringer: Ringer;
  readonly #queues = new Map<number, Queue>();
  /** Per slot of the registry, who was there at the last sweep. */
  readonly #present = new Int32Array(AGENTS_MAX);
  #doorbell: Doorbell | null = null;
  #sweeper: NodeJS.Timeout | null = null;

  constructor(region: Region) {
    this.#region = region;
    this.#lobby = region.lobby;
    this.#ringer = new Ringer(region);
  }

  /** Grants up to `count` wakes to tasks that await the word at `offset`, in any process. */
  grant(offset: number, count: number): void {
    const used = Atomics.load(this.#lobby, ENTRIES_USED);
    let left = count;
    for (let entry = 0; entry < used && left > 0; entry++) {
      const index = entryIndex(entry);
      if (Atomics.load(this.#lobby, index + ENTRY_OFFSET) !== offset) continue;
      const agent = Atomics.load(this.#lobby, index + ENTRY_AGENT);
      const granted = this.#grantHere(index, left);
      if (granted === 0) continue;
      // The entry may have gone to another word meanwhile; then somebody was woken for no reason, and we go on.
      if (Atomics.load(this.#lobby, index + ENTRY_OFFSET) === offset) left -= granted;
      if (agent === ownAgent(this.#region)) this.#handOut();
      else this.#ringer.ring(agent);
    }
  }

  async wait(word: Word, expected: number, deadlineMs: number, signal?: AbortSignal): Promise<WaitOutcome> {
    signal?.throwIfAborted();
    if (word.peek() !== expected) return "changed";
    const queue = this.#join(word.offset);
    if (queue === null) return this.#poll(word, expected, deadlineMs);
    // Only now can a waker see us; what it did before that, we must see.
    if (word.peek() !== expected) return this.#leave(queue) ? "changed" : "woken";
    if (deadlineMs <= monotonicNow()) return this.#leave(queue) ? "timed-out" : "woken";
    return new Promise<WaitOutcome>((resolve, reject) => {
      const task: Task = {
        wake: () => {
          if (timer !== undefined) clearTimeout(timer);
          signal?.removeEventListener("abort", aborted);
          resolve("woken");
        },
      };
      let timer = deadlineMs === Infinity ? undefined : setTimeout(late, waitingMs(deadlineMs));
      queue.tasks.add(task);
      signal?.addEventListener("abort", aborted, { once: true });

      const give = this.#giveUp.bind(this, queue, task);
      function late(): void {
        if (monotonicNow() < deadlineMs) timer = setTimeout(late, waitingMs(deadlineMs));
        else if (give()) {
          signal?.removeEventListener("abort", aborted);
          resolve("timed-out");
        }
      }
      function aborted(): void {
        if (!give()) return;
        if (timer !== undefined) clearTimeout(timer);
        reject(signal?.reason as Error);
      }
    });
  }

  /** True if the task has left; false if a wake was granted to it, which it must take. */
  #giveUp(queue: Queue, task: Task): boolean {
    if (!this.#leaveCount(queue)) {
      // As many grants as tasks, so one is this task's.
      this.#handOut();
      return false;
    }
    queue.tasks.delete(task);
    this.#tidy(queue);
    return true;
  }

  /** As a place that no task stands behind yet: true if it was given back, false if it had been granted a wake. */
  #leave(queue: Queue): boolean {
    const left = this.#leaveCount(queue);
    if (!left) this.#takeGrants(queue, 1);
    this.#tidy(queue);
    return left;
  }

  /** One task fewer waits, if any of those that wait has not been granted a wake. */
  #leaveCount(queue: Queue): boolean {
    for (;;) {
      const counts = Atomics.load(this.#lobby, queue.index + ENTRY_COUNTS);
      if ((counts & WAITING) === 0) return false;
      if (Atomics.compareExchange(this.#lobby, queue.index + ENTRY_COUNTS, counts, counts - 1) === counts) return true;
    }
  }

  #grantHere(index: number, most: number): number {
    for (;;) {
      const counts = Atomics.load(this.#lobby, index + ENTRY_COUNTS);
      const granted = Math.min(counts & WAITING, most);
      if (granted === 0) return 0;
      const next = counts - granted + granted * GRANTED_ONE;
      if (Atomics.compareExchange(this.#lobby, index + ENTRY_COUNTS, counts, next) === counts) return granted;
    }
  }

  #takeGrants(queue: Queue, most: number): number {
    for (;;) {
      const counts = Atomics.load(this.#lobby, queue.index + ENTRY_COUNTS);
      const taken = Math.min(counts >>> 16, most);
      if (taken === 0) return 0;
      const next = counts - taken * GRANTED_ONE;
      if (Atomics.compareExchange(this.#lobby, queue.index + ENTRY_COUNTS, counts, next) === counts) return taken;
    }
  }

  /** Gives this process's grants to its tasks. */
  #handOut(): void {
    for (const queue of this.#queues.values()) {
      let granted = this.#takeGrants(queue, queue.tasks.size);
      for (const task of queue.tasks) {
        if (granted-- === 0) break;
        queue.tasks.delete(task);
        task.wake();
      }
      this.#tidy(queue);
    }
  }

  #join(offset: number): Queue | null {
    let queue = this.#queues.get(offset);
    if (queue === undefined) {
      const index = this.#claimEntry(offset);
      if (index === null) return null;
      this.#queues.set(offset, (queue = { offset, index, tasks: new Set() }));
      if (this.#queues.size === 1) this.#open();
    }
    if (queue.tasks.size >= WAITING_MAX) return null;
    Atomics.add(this.#lobby, queue.index + ENTRY_COUNTS, 1);
    return queue;
  }

  #claimEntry(offset: number): number | null {
    const me = ownAgent(this.#region);
    for (let entry = 0; entry < ENTRIES_MAX; entry++) {
      const index = entryIndex(entry);
      if (Atomics.compareExchange(this.#lobby, index + ENTRY_AGENT, 0, me) !== 0) continue;
      Atomics.store(this.#lobby, index + ENTRY_COUNTS, 0);
      Atomics.store(this.#lobby, index + ENTRY_OFFSET, offset);
      for (;;) {
        const used = Atomics.load(this.#lobby, ENTRIES_USED);
        if (used > entry) break;
        if (Atomics.compareExchange(this.#lobby, ENTRIES_USED, used, entry + 1) === used) break;
      }
      return index;
    }
    return null;
  }

  /** Frees the entry once nobody waits there any more. */
  #tidy(queue: Queue): void {
    if (queue.tasks.size > 0 || Atomics.load(this.#lobby, queue.index + ENTRY_COUNTS) !== 0) return;
    if (this.#queues.get(queue.offset) !== queue) return;
    this.#queues.delete(queue.offset);
    Atomics.store(this.#lobby, queue.index + ENTRY_OFFSET, -1);
    Atomics.store(this.#lobby, queue.index + ENTRY_AGENT, 0);
    if (this.#queues.size === 0) this.#close();
  }

  #open(): void {
    this.#doorbell ??= new Doorbell(this.#region, ownAgent(this.#region), () => this.#handOut());
    this.#doorbell.keepAlive(true);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  #close(): void {
    this.#doorbell?.keepAlive(false);
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#sweeper = null;
  }

  /** Looks who died since the last time. Then every task looks again: whoever it waits for may be the dead one. */
  #sweep(): void {
    const registry = registryOf(this.#region);
    let died = false;
    for (let slot = 0; slot < AGENTS_MAX; slot++) {
      const agent = registry.at(slot);
      if (agent === 0) break; // slots are taken from the first on
      const before = this.#present[slot];
      if (agent < 0 || agent === -before) continue;
      if (registry.isAlive(agent)) {
        died ||= before !== agent && before > 0;
        this.#present[slot] = agent;
      } else {
        died = true;
        this.#present[slot] = -agent;
        this.#clearEntriesOf(agent);
      }
    }
    // Under a probe, wakes and deaths may come about without our hearing of them: look in any case.
    if (died || probe !== null) this.#wakeAll();
  }

  #clearEntriesOf(agent: number): void {
    const used = Atomics.load(this.#lobby, ENTRIES_USED);
    for (let entry = 0; entry < used; entry++) {
      const index = entryIndex(entry);
      if (Atomics.load(this.#lobby, index + ENTRY_AGENT) !== agent) continue;
      Atomics.store(this.#lobby, index + ENTRY_OFFSET, -1);
      Atomics.compareExchange(this.#lobby, index + ENTRY_AGENT, agent, 0);
    }
  }

  #wakeAll(): void {
    for (const queue of this.#queues.values()) this.#grantHere(queue.index, WAITING_MAX);
    this.#handOut();
  }

  /** For the rare wait that finds no entry: looks again and again. */
  async #poll(word: Word, expected: number, deadlineMs: number): Promise<WaitOutcome> {
    const leftMs = deadlineMs - monotonicNow();
    if (leftMs <= 0) return "timed-out";
    await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS, leftMs)));
    return word.peek() === expected ? "woken" : "changed";
  }
}

const POLL_MS = 5;

interface Queue {
  readonly offset: number;
  /** Where its entry begins in the lobby. */
  readonly index: number;
  readonly tasks: Set<Task>;
}

interface Task {
  readonly wake: () => void;
}

function waitingMs(deadlineMs: number): number {
  return Math.min(TIMER_MS_MAX, Math.max(1, Math.ceil(deadlineMs - monotonicNow())));
}
