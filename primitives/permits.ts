import { isAlive } from "./memory/agents.ts";
import { currentArena } from "./memory/arena.ts";
import { aside } from "./memory/aside.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";

/** Processes whose permits are known by name, for each semaphore. */
const SLOTS = 32;

/**
 * Who holds how many permits of a semaphore, so that those of a dead process can be given back.
 *
 * A process writes only its own record, right before and right after the step that takes or gives a permit: MOVING says
 * that it is in between. Records are no steps of their own: they are made with that step, and whoever looks at those of others
 * has just taken one on the same word. The permits that are free after a death are computed from the records of the living
 * alone, at a moment when none of them is moving. So it does not matter where the dead one stopped.
 */
export class Permits {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength = SLOTS * 8;
  /** Per slot: the process, and its record. */
  readonly #slots: Int32Array;

  constructor() {
    const arena = currentArena();
    this.region = arena.region;
    this.offset = arena.allocate("permits", this.byteLength);
    this.#slots = arena.region.words.subarray(this.offset / 4, this.offset / 4 + SLOTS * 2);
    if (arena.creating) this.#slots.fill(0);
  }

  /** The slot of this process; -1 if it has none and there is none for it. */
  slotOf(agent: number): number {
    const first = (agent % SLOTS) * 2;
    return this.#slots[first] === agent ? first : this.#otherSlotOf(agent, first);
  }

  #otherSlotOf(agent: number, first: number): number {
    for (let step = 0; step < SLOTS; step++) {
      const slot = (first + step * 2) % (SLOTS * 2);
      if (this.#slots[slot] === agent) return slot;
    }
    for (let step = 0; step < SLOTS; step++) {
      const slot = (first + step * 2) % (SLOTS * 2);
      if (Atomics.compareExchange(this.#slots, slot, 0, agent) !== 0) continue;
      this.#tell("write", slot);
      return slot;
    }
    return -1;
  }

  held(slot: number): number {
    return slot < 0 ? 0 : this.#slots[slot + 1] & ~MOVING;
  }

  moving(slot: number): void {
    if (slot < 0) return;
    this.#tell("write", slot);
    this.#slots[slot + 1] |= MOVING;
  }

  /** As `moving`, where it is known that there is a slot and what it holds. */
  movingFrom(slot: number, held: number): void {
    this.#slots[slot + 1] = held | MOVING;
  }

  settled(slot: number, held: number): void {
    if (slot < 0) return;
    this.#tell("write", slot);
    this.#slots[slot + 1] = held;
  }

  /** Whether a process has died that is on record. */
  get someDied(): boolean {
    this.#tellAll("read");
    for (let slot = 0; slot < SLOTS * 2; slot += 2) if (this.#isDead(slot)) return true;
    return false;
  }

  /** Permits of the living; null if one of them is moving. Forgets the dead. */
  countLiving(): number | null {
    this.#tellAll("read");
    let held = 0;
    for (let slot = 0; slot < SLOTS * 2; slot += 2) {
      if (this.#slots[slot] === 0 || this.#isDead(slot)) continue;
      const record = Atomics.load(this.#slots, slot + 1);
      if ((record & MOVING) !== 0) return null;
      held += record;
    }
    return held;
  }

  forgetDead(): void {
    this.#tellAll("write");
    for (let slot = 0; slot < SLOTS * 2; slot += 2) {
      if (!this.#isDead(slot)) continue;
      this.#slots[slot + 1] = 0;
      Atomics.store(this.#slots, slot, 0);
    }
  }

  #tell(kind: "read" | "write", slot: number): void {
    if (probe !== null) aside(kind, this.offset + slot * 4, 8);
  }

  #tellAll(kind: "read" | "write"): void {
    if (probe !== null) aside(kind, this.offset, this.byteLength);
  }

  #isDead(slot: number): boolean {
    const agent = Atomics.load(this.#slots, slot);
    return agent !== 0 && !isAlive(this.region, agent);
  }
}

const MOVING = 1 << 30;
