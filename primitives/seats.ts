import { AGENT_MAX, agentIn, isAlive } from "./memory/agents.ts";
import { currentArena } from "./memory/arena.ts";
import { aside } from "./memory/aside.ts";
import { announceLook } from "./memory/bytes.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";

/**
 * Places for waiters that are known by name, one word each: who waits there, and what it has been granted. A waker grants
 * to one particular waiter, and so can pass over the dead; a waiter that gives up and a waker that grants decide it between
 * them by one compareExchange. So a wake is never given to somebody who has left, and never lost.
 *
 * Places are taken by one process at a time (its object's lock sees to that) and freed by their waiter at any time.
 *
 * Looking over the places is no step by itself. Where they may change meanwhile, so that what is seen decides what is done next,
 * `look` comes before it; where a lock keeps them as they are it need not.
 */
export class Seats {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength: number;
  readonly count: number;
  readonly #words: Word[] = [];
  /** When each place was taken: orders the waiters. Written by whoever takes a place, under the object's lock. */
  readonly #tickets: Int32Array;

  constructor(count: number) {
    const arena = currentArena();
    this.count = count;
    this.byteLength = Math.ceil((2 * count + 1) / 2) * 8;
    this.offset = arena.allocate("seats", this.byteLength);
    this.region = arena.region;
    this.#tickets = this.region.words.subarray(this.offset / 4 + count, this.offset / 4 + 2 * count + 1);
    for (let seat = 0; seat < count; seat++) this.#words.push(Word.at(this.offset + seat * 4, "seat", told));
    if (arena.creating) this.region.words.fill(0, this.offset / 4, this.offset / 4 + 2 * count + 1);
  }

  /**
   * Takes a free place for this process; null if there is none. Places of the dead are free; `inherited` is told if the dead
   * one had been granted something there.
   */
  sit(inherited: (seat: Word) => void = nothing): Word | null {
    const me = agentIn(this.region);
    const ticket = (this.ticket + 1) | 0;
    for (const [index, seat] of this.#words.entries()) {
      const before = seat.update((state) => {
        if (!this.#isFree(state)) return state;
        // Nobody else takes a place meanwhile; and whoever sees who has it finds since when.
        this.#setTicket(index, ticket);
        this.#setTicket(this.count, ticket);
        return me;
      });
      if (!this.#isFree(before)) continue;
      if ((before & GRANTS) !== 0) inherited(seat);
      return seat;
    }
    return null;
  }

  /** What is seen of the places until the next step is what is there now. */
  look(): void {
    announceLook(this.offset, this.count * 4);
  }

  /** How many places have been taken so far; wraps at 32 bits. */
  get ticket(): number {
    return this.#ticketOf(this.count);
  }

  /** Whether somebody died on a place that it took after so many had been taken, and was granted nothing. */
  someDiedSince(ticket: number): boolean {
    for (let seat = 0; seat < this.count; seat++) {
      const word = this.#words[seat];
      if (isWaiting(word.peek()) && ((this.#ticketOf(seat) - ticket) | 0) > 0 && this.isDead(word)) return true;
    }
    return false;
  }

  /** Places that were taken after so many had been, and have not been granted anything. */
  waitingSince(ticket: number): readonly Word[] {
    return this.#words.filter((word, seat) => isWaiting(word.peek()) && ((this.#ticketOf(seat) - ticket) | 0) > 0);
  }

  /** The place of who waits longest among the living who have been granted nothing; null if nobody does. */
  longestWaiting(): Word | null {
    const last = this.ticket;
    let longest: Word | null = null;
    let longestAge = -1;
    for (let seat = 0; seat < this.count; seat++) {
      const word = this.#words[seat];
      const age = (last - this.#ticketOf(seat)) | 0;
      if (age <= longestAge || !isWaiting(word.peek()) || this.isDead(word)) continue;
      longest = word;
      longestAge = age;
    }
    return longest;
  }

  /** A place of somebody living who has been granted something and has not got up; null if there is none. */
  granted(): Word | null {
    return this.#words.find((word) => (word.peek() & GRANTS) !== 0 && !this.isDead(word)) ?? null;
  }

  /** Grants to the waiter at `seat` and has it woken by `wake`; false if it has left. */
  grant(seat: Word, what: number, wake: (seat: Word) => void = wakeNow): boolean {
    const before = seat.update(granted, what);
    if (!isWaiting(before)) return false;
    wake(seat);
    return true;
  }

  /** Places whose waiters died, whatever those had been granted. */
  dead(): readonly Word[] {
    return this.#words.filter((word) => this.isDead(word));
  }

  /** Places that somebody has, alive or dead. */
  taken(): readonly Word[] {
    return this.#words.filter((word) => word.peek(AGENT_MAX) !== FREE);
  }

  isDead(word: Word): boolean {
    return this.#isOfTheDead(word.peek(AGENT_MAX));
  }

  #ticketOf(seat: number): number {
    aside("read", this.offset + (this.count + seat) * 4, 4);
    return this.#tickets[seat];
  }

  #setTicket(seat: number, ticket: number): void {
    aside("write", this.offset + (this.count + seat) * 4, 4);
    this.#tickets[seat] = ticket;
  }

  #isFree(state: number): boolean {
    return state === FREE || this.#isOfTheDead(state);
  }

  #isOfTheDead(state: number): boolean {
    return state !== FREE && !isAlive(this.region, state & AGENT_MAX);
  }
}

/** Grants, as bits beside the agent's number. */
export const GRANTED = 1 << 29;
export const REFUSED = 1 << 30;

const FREE = 0;
const GRANTS = GRANTED | REFUSED;

/**
 * Empties the place that `agent`, who is dead, had; returns what that one had been granted, 0 also if another was faster. A
 * waker that chose the place while its waiter lived may grant to it only now: what it grants is not lost.
 */
export function clear(seat: Word, agent: number): number {
  const before = seat.update(emptied, agent);
  return (before & AGENT_MAX) === agent ? before & GRANTS : 0;
}

/** What the waiter at `seat` has been granted: 0 for nothing yet. */
export function grantAt(seat: Word): number {
  return seat.load() & GRANTS;
}

/** Who has the place. */
export function agentAt(seat: Word): number {
  return seat.peek(AGENT_MAX);
}

/** What the word of one's own place holds while one has been granted nothing, even if one has been meanwhile: wait on this. */
export function nothingYet(seat: Word): number {
  return seat.peek(AGENT_MAX);
}

/** The waiter gets up: returns what it had been granted, 0 if nothing. */
export function leave(seat: Word): number {
  return seat.exchange(FREE) & GRANTS;
}

function nothing(): void {}

function wakeNow(seat: Word): void {
  seat.wake();
}

function granted(before: number, what: number): number {
  return isWaiting(before) ? before | what : before;
}

function emptied(before: number, agent: number): number {
  return (before & AGENT_MAX) === agent ? FREE : before;
}

function isWaiting(state: number): boolean {
  return state !== FREE && (state & GRANTS) === 0;
}

/** "free", "buyer 2 waits", "buyer 2 may go". */
function told(seat: number, nameOf: (agent: number) => string): string {
  if (seat === FREE) return "free";
  const given = seat & GRANTS;
  return `${nameOf(seat & AGENT_MAX)} ${given === 0 ? "waits" : given === GRANTED ? "may go" : "must leave"}`;
}
