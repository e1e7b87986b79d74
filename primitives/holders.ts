import { AGENT_MAX, agentIn, isAlive } from "./memory/agents.ts";
import { announceLook } from "./memory/bytes.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";
import { currentArena } from "./memory/arena.ts";
import { Primitive, travels } from "./primitive.ts";

/** Processes that may hold one end of a pipe at the same time. */
const HOLDERS_MAX = 30;

/** Which processes hold something, so that the last one to leave, or to die, can be told. */
export class Holders extends Primitive {
  readonly offset: number;
  readonly byteLength = HOLDERS_MAX * 4;
  readonly region: Region;
  readonly #seats: readonly Word[];
  /** Where this process was when it last looked. */
  #mine = 0;

  constructor() {
    super([]);
    const arena = currentArena();
    this.region = arena.region;
    this.offset = arena.allocate("holders", this.byteLength);
    const seat = (_: unknown, index: number): Word => Word.at(this.offset + index * 4, "holder", told);
    this.#seats = Array.from({ length: HOLDERS_MAX }, seat);
    if (arena.creating) this.region.words.fill(0, this.offset / 4, this.offset / 4 + HOLDERS_MAX);
  }

  /** This process holds it from now on. Without effect if it does already: then it is no step, as nobody else can change it. */
  enter(): void {
    const me = agentIn(this.region);
    if (this.#seats[this.#mine].isOurs(me)) return;
    const found = this.#seats.findIndex((seat) => seat.isOurs(me));
    this.#mine = found < 0 ? this.#sit(me) : found;
  }

  /** A place that keeps it held as long as this process lives, until a child takes it. */
  reserve(): number {
    return this.#sit(agentIn(this.region) | RESERVED);
  }

  takeSeat(seat: number): void {
    this.#seats[seat].store(agentIn(this.region));
  }

  /** This process holds it no more; places reserved for children stay. Without effect if it does not hold it. */
  leave(): void {
    const me = agentIn(this.region);
    this.#seats.find((seat) => seat.isOurs(me))?.store(LEFT);
  }

  /** Whether it was held once and nobody alive holds it now. */
  get deserted(): boolean {
    announceLook(this.offset, this.byteLength);
    const seats = this.#seats.map((seat) => seat.peek());
    return seats.some((seat) => seat !== NEVER_HELD) && !seats.some((seat) => this.#isHeld(seat));
  }

  #isHeld(seat: number): boolean {
    return seat !== NEVER_HELD && seat !== LEFT && isAlive(this.region, seat & AGENT_MAX);
  }

  #sit(me: number): number {
    for (const [index, seat] of this.#seats.entries()) {
      if (!this.#isHeld(seat.update((before) => (this.#isHeld(before) ? before : me)))) return index;
    }
    throw new RangeError(`${HOLDERS_MAX} processes hold this end of the pipe, which is the most there may be.`);
  }
}

const NEVER_HELD = 0;
/** Whoever had the place has closed the end. */
const LEFT = -1;
/** Kept for a child by the process that gave it the end. */
const RESERVED = 1 << 29;

travels("Holders", Holders);

/** "nobody", "reader 1", "kept by writer 1": for a child that is to come. */
function told(seat: number, nameOf: (agent: number) => string): string {
  if (seat === NEVER_HELD || seat === LEFT) return "nobody";
  return `${(seat & RESERVED) === 0 ? "" : "kept by "}${nameOf(seat & AGENT_MAX)}`;
}
