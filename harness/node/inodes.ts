import type { BigIntStats, Stats } from "node:fs";
import { H, LIMITS, PARTS, SIZES, type LaneMemory } from "../engine/lane-memory.ts";
import { realFs } from "./originals.ts";

/** The instant at which the virtual time of every run begins. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The time that a change made now gets. A kernel stamps files with the time of its last tick, which clocks have long passed: a file
 * made just now is up to `TICK_MS` old already, and packages that take any age for 'old' are found only so.
 */
export function fileTime(nowMs: number): number {
  return nowMs - ((nowMs + SINCE_TICK_MS) % TICK_MS);
}

/**
 * The files and folders of a run as its program sees them: their times are of the run's virtual time, and their numbers are given
 * as a file system does it, the lowest that is free, so that the number of a removed file comes back. All processes of a lane
 * share the table; who holds the baton reads and writes it.
 */
export class Inodes {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  constructor(memory: LaneMemory) {
    this.#words = memory.words;
    this.#doubles = memory.doubles;
  }

  /** Forgets all; to be called before each run. */
  clear(): void {
    this.#words.fill(0, PARTS.inodes >> 2, at(this.#words[H.inodes]));
    this.#words[H.inodes] = 0;
  }

  /** The number of what has the real number `ino`; met for the first time, it was made at `nowMs`. */
  numberOf(ino: bigint, nowMs: number): number {
    const words = this.#words;
    const low = Number(BigInt.asIntN(32, ino));
    const high = Number(BigInt.asIntN(32, ino >> 32n));
    let free = -1;
    for (let number = 0; number < words[H.inodes]; number++) {
      const entry = at(number);
      if (words[entry + I.used] === 0) {
        if (free < 0) free = number;
      } else if (words[entry + I.low] === low && words[entry + I.high] === high) return number;
    }
    const number = free < 0 ? words[H.inodes] : free;
    if (number >= LIMITS.inodesMax) {
      throw new RangeError(
        `a run has more than ${LIMITS.inodesMax} files and folders (limit: inodesMax). Use fewer in one run.`,
      );
    }
    if (free < 0) words[H.inodes]++;
    const entry = at(number);
    words[entry + I.used] = 1;
    words[entry + I.low] = low;
    words[entry + I.high] = high;
    for (const time of TIMES) this.#doubles[(entry >> 1) + time] = nowMs;
    return number;
  }

  /** What has the real number `ino` is gone: its number is free. */
  free(ino: bigint, nowMs: number): void {
    this.#words[at(this.numberOf(ino, nowMs)) + I.used] = 0;
  }

  set(number: number, time: Time, ms: number): void {
    this.#doubles[(at(number) >> 1) + TIME_INDEX[time]] = ms;
  }

  /** Puts the program's numbers and times in the place of the real ones. */
  translate<T extends Stats | BigIntStats>(stats: T, nowMs: number): T {
    const number = this.numberOf(BigInt(stats.ino), nowMs);
    const first = at(number) >> 1;
    const seen = stats as unknown as Record<string, unknown>;
    const big = typeof stats.ino === "bigint";
    seen.ino = big ? BigInt(FIRST_INODE + number) : FIRST_INODE + number;
    seen.dev = big ? DEVICE_BIG : DEVICE;
    for (const time of TIME_NAMES) {
      const ms = this.#doubles[first + TIME_INDEX[time]];
      seen[`${time}Ms`] = big ? BigInt(Math.floor(ms)) : ms;
      if (big) seen[`${time}Ns`] = BigInt(Math.round(ms * 1e6));
      seen[time] = new Date(ms);
    }
    return stats;
  }
}

export type Time = (typeof TIME_NAMES)[number];

/** The real number of what a path leads to; null if there is nothing. Links are not followed. */
export function realNumber(path: string): { readonly ino: bigint; readonly links: bigint } | null {
  const stats = realFs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : { ino: stats.ino, links: stats.isDirectory() ? 1n : stats.nlink };
}

/** As with 250 ticks in a second, which is usual; a run begins shortly before a tick. */
const TICK_MS = 4;
const SINCE_TICK_MS = 3;
const FIRST_INODE = 12;
const DEVICE = 2049;
const DEVICE_BIG = 2049n;

/** Words of an entry; behind them its times, as doubles. */
const I = { used: 0, low: 1, high: 2 } as const;
export const TIME_NAMES = ["atime", "mtime", "ctime", "birthtime"] as const;
const TIME_INDEX = { atime: 2, mtime: 3, ctime: 4, birthtime: 5 } as const;
const TIMES = Object.values(TIME_INDEX);

function at(number: number): number {
  return (PARTS.inodes >> 2) + number * SIZES.inodeWords;
}
