import { type Body, type Coded, PLAIN } from "./codec.ts";
import { Lock } from "./lock.ts";
import { Arena, currentArena, withArena } from "./memory/arena.ts";
import { aside } from "./memory/aside.ts";
import { announceCopy, announceLook } from "./memory/bytes.ts";
import { freshBytes } from "./memory/fresh-bytes.ts";
import { probe } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";
import { Word } from "./memory/word.ts";
import { plainValueOf, writtenWords } from "./plain-bytes.ts";
import {
  brokenOff,
  BROKEN,
  ended,
  ENDED,
  flipped,
  headTold,
  markAlways,
  markIfAt,
  movedTo,
  POSITION,
  POSITION_BITS,
  positionOf,
  publishedAt,
  tailTold,
  WAITERS,
} from "./ring-words.ts";

/** Records begin at multiples of this, so that no header is cut by the end of the ring. */
const UNIT = 16;
/** Of a header, the record's number. */
const NUMBER_BYTES = 4;
/**
 * What writers write and what readers write lies this far apart: two cores that write to one line of their caches take it
 * from each other at every access, which costs more than all the rest of a message. So do `tail` and the writers' lock: a
 * reader that waits for a message looks at the one and would hold up the other. The same on the other side.
 */
const LINE_BYTES = 64;
const RING_BYTES_MAX = UNIT * 2 ** (POSITION_BITS - 2);

/**
 * Messages in shared memory, in the order in which they were published, for many writers and many readers.
 *
 * One writer at a time is inside, and one reader; each side has a lock that survives its holder. A message becomes visible
 * by one atomic step on `tail`, after all its bytes are there, and is taken by one atomic step on `head`, after all its
 * bytes were copied. So whoever dies where: a message is there whole or not at all, and no room is lost, because all that
 * is known about room and count follows from those two words.
 *
 * Whoever has the lock of a side may look at its word without a step: only its flags change meanwhile, and those are asked for
 * in the steps that change the word.
 *
 * A record is a header of four words (number, bytes, tag, inline value) and its bytes. Each record's number is written
 * ahead of it and is no part of the copy that the record is, when the one before is published, so that `head` and `tail` alone tell how many messages there are.
 *
 * After: M. Michael and M. Scott, "Simple, fast, and practical non-blocking and blocking concurrent queue algorithms"
 * (PODC 1996), the two-lock queue.
 */
export class Ring {
  readonly region: Region;
  readonly offset: number;
  readonly byteLength: number;
  /** Bytes for records. */
  readonly capacity: number;
  readonly itemsMax: number;
  readonly writers: Lock;
  readonly readers: Lock;
  /** Where the next record goes, and who waits for one. */
  readonly tail: Word;
  /** The first record not taken yet, and who waits for room. */
  readonly head: Word;
  /** Where room ends that may be written over, if that is not `head`. */
  readonly freed: Word | null;
  /** What this process knew when it last looked where the readers are: see `#fitsForSure`. */
  readonly #writing = { tail: -1, number: 0, free: 0, headNumber: 0 };
  /** What it knew when it last looked where the writers are: see `first`. */
  readonly #reading = { head: -1, number: 0, tail: -1 };
  readonly #base: number;
  readonly #units: number;
  /** Positions run from 0 to here: many rounds of the ring, so that full and empty differ. */
  readonly #wrap: number;

  /** @param retain keeps the room of messages that were taken until `free` gives it back */
  constructor(bytes: number, itemsMax: number, retain = false) {
    const arena = currentArena();
    this.capacity = Math.ceil(Math.max(bytes, 4 * UNIT) / UNIT) * UNIT;
    if (!(this.capacity <= RING_BYTES_MAX)) {
      throw new RangeError(`a ring holds at most ${RING_BYTES_MAX} bytes, not ${bytes}`);
    }
    this.itemsMax = itemsMax;
    this.region = arena.region;
    const start = arena.allocate("ring", this.capacity + 5 * LINE_BYTES);
    const aligned = Math.ceil(start / LINE_BYTES) * LINE_BYTES;
    const line = <T>(number: number, build: () => T): T => {
      const at = aligned + number * LINE_BYTES;
      const place = { start: at, end: at + LINE_BYTES, creating: arena.creating, within: arena };
      return withArena(new Arena(arena.region, place), build);
    };
    this.writers = line(0, () => new Lock({}, "writers"));
    this.tail = line(1, () => Word.allocate("tail", 0, tailTold));
    this.readers = line(2, () => new Lock({}, "readers"));
    [this.head, this.freed] = line(3, () => [
      Word.allocate("head", 0, headTold),
      retain ? Word.allocate("freed") : null,
    ]);
    this.#base = aligned + 4 * LINE_BYTES;
    this.#units = this.capacity / UNIT;
    this.#wrap = this.#units * Math.floor(2 ** POSITION_BITS / this.#units);
    this.offset = start;
    this.byteLength = this.capacity + 5 * LINE_BYTES;
    if (arena.creating) this.region.words.fill(0, this.#base >> 2, (this.#base + UNIT) >> 2);
  }

  /** Messages that were published and not taken, at this moment. */
  get size(): number {
    this.#look();
    for (;;) {
      const head = this.head.peek();
      const tail = this.tail.peek();
      const size = (this.#numberAt(tail) - this.#numberAt(head)) | 0;
      // Unless somebody moved on while we looked, the headers were those of head and tail.
      if (positionOf(this.head.peek()) === positionOf(head) && positionOf(this.tail.peek()) === positionOf(tail))
        return size;
    }
  }

  /** Whether there is room for so many bytes, at this moment. */
  hasRoom(byteLength: number): boolean {
    this.#look();
    for (;;) {
      const head = this.head.peek();
      const tail = this.tail.peek();
      const number = this.#numberAt(tail);
      const fits = this.#fits(this.freed?.peek() ?? head, this.#numberAt(head), tail, number, unitsOf(byteLength), 0);
      if (this.head.peek() === head && this.tail.peek() === tail) return fits;
    }
  }

  /** Whether a message of so many bytes fits into the ring at all. */
  canHold(byteLength: number): boolean {
    return unitsOf(byteLength) < this.#units;
  }

  /**
   * By the holder of `writers`: whether there is room now. If not, or as a waiter, leaves a mark in `head`, which the next
   * reader answers; `seen` is what to wait on. There is none once nobody will take any more.
   */
  room(byteLength: number, asWaiter: boolean): Room {
    const tail = this.tail.peek(POSITION);
    const number = this.#numberAt(tail);
    const units = unitsOf(byteLength);
    // In production, the same step where nobody waits, without the cost of being able to leave a mark.
    if (probe === null && !asWaiter && !this.broken && this.#fitsForSure(tail, number, units)) return ROOM;
    const fits = (head: number, more: number): boolean =>
      this.#fits(this.freed?.peek() ?? head, this.#numberAt(head), tail, number, units + more, more);
    const before = this.head.update((head) =>
      (head & BROKEN) !== 0 || (!asWaiter && fits(head, 0)) ? head : head | WAITERS,
    );
    const broken = (before & BROKEN) !== 0;
    const ok = !broken && fits(before, 0);
    return { ok, more: ok && fits(before, 1), seen: before | WAITERS, broken };
  }

  /**
   * By the holder of `writers`, after `room`: publishes the message, unless the ring has ended. Returns what `tail` was:
   * whether it had ended, and whether readers may be asleep.
   */
  publish(coded: Coded): number {
    const at = this.tail.peek(POSITION);
    const { body, byteLength } = coded;
    const next = this.#advanced(at, byteLength);
    const header = this.indexOf(at);
    const { words } = this.region;
    this.#announce("write", at, byteLength);
    words[header + 1] = byteLength;
    words[header + 2] = typeof body === "string" ? coded.tag | TEXT : coded.tag;
    words[header + 3] = coded.inline;
    if (byteLength > 0) this.write(at, body, byteLength);
    const number = (words[header] + 1) | 0;
    const ahead = this.indexOf(next);
    if (probe !== null) aside("write", ahead * 4, 4);
    words[ahead] = number;
    const before = this.tail.update(publishedAt, next);
    if (this.#writing.tail === at && (before & ENDED) === 0) {
      this.#writing.tail = next;
      this.#writing.number = number;
    }
    return before;
  }

  /**
   * By the holder of `readers`: the first message, not taken yet. If there is none, or as a waiter, leaves a mark in `tail`,
   * which the next writer answers; `seen` is what to wait on.
   */
  first(asWaiter: boolean): Found {
    const head = this.head.peek(POSITION);
    const known = this.#reading;
    const number = this.#numberAt(head);
    // In production: as long as nobody else has taken, a message that was there is there.
    if (probe === null && !asWaiter && known.head === head && known.number === number && known.tail !== head) {
      return { message: this.read(head), ended: false, seen: known.tail, more: false };
    }
    const tail = this.tail.update(asWaiter ? markAlways : markIfAt, head);
    const at = positionOf(tail);
    if (at === head) return { message: null, ended: (tail & ENDED) !== 0, seen: tail | WAITERS, more: false };
    known.head = head;
    known.number = number;
    known.tail = at;
    const message = this.read(head);
    return { message, ended: false, seen: tail, more: this.after(message) !== at };
  }

  /** The message whose record begins at `at`: a copy. */
  read(at: number): Message {
    const header = this.indexOf(at);
    const { words } = this.region;
    if (probe !== null) aside("read", header * 4, UNIT);
    const byteLength = words[header + 1];
    const tag = words[header + 2];
    this.#announce("read", at, byteLength);
    return {
      at,
      number: words[header],
      tag: tag & ~TEXT,
      inline: words[header + 3],
      byteLength,
      body: byteLength > 0 || (tag & TEXT) !== 0 ? this.#read(at, byteLength, tag) : NOTHING,
    };
  }

  /** By the holder of `readers`: takes the message. Returns whether writers may be asleep. */
  take(message: Message): boolean {
    const next = this.after(message);
    if (this.#reading.head === message.at) {
      this.#reading.head = next;
      this.#reading.number = (message.number + 1) | 0;
    }
    return (this.head.update(movedTo, next) & WAITERS) !== 0;
  }

  /** By the holder of `readers`: room up to `position` may be written over. Wakes a writer that waits for it. */
  free(position: number): void {
    const before = this.head.update((head) => {
      // A part of the step: a writer looks at `freed` when it looks at `head`.
      this.freed?.initialize(position);
      return flipped(head);
    });
    if ((before & WAITERS) !== 0) this.head.wake(1);
  }

  /** In production: where there is no message, looks for a moment whether one comes. Spares the writer a wake. */
  lingerForMessage(): void {
    const head = positionOf(this.head.peek());
    if (this.#reading.head === head && this.#reading.tail !== head) return;
    const tail = this.tail.peek();
    if ((tail & ENDED) === 0 && positionOf(tail) === head) this.tail.changesSoon(tail);
  }

  /** In production: where there is no room for so many bytes, looks for a moment whether some appears. */
  lingerForRoom(byteLength: number): void {
    const head = this.head.peek();
    const tail = positionOf(this.tail.peek());
    if (!this.#fitsForSure(tail, this.#numberAt(tail), unitsOf(byteLength))) this.head.changesSoon(head);
  }

  /** By the holder of `readers`: how many messages are there. */
  count(): number {
    return (this.#numberAt(this.tail.load()) - this.numberOfFirst()) | 0;
  }

  /** By the holder of `readers`: the number of the first message that was not taken. */
  numberOfFirst(): number {
    return this.#numberAt(this.head.peek(POSITION));
  }

  /** No message will be published any more: readers that wait for one hear of it, and writers that wait for room. */
  end(): void {
    if ((this.tail.update(ended) & ENDED) !== 0) return;
    this.tail.wake();
    if ((this.head.update(flipped) & WAITERS) !== 0) this.head.wake();
  }

  /** No message will be taken any more: writers that wait for room hear of it. */
  breakOff(): void {
    if ((this.head.update(brokenOff) & BROKEN) === 0) this.head.wake();
  }

  /** For a shortcut of production; else `room` tells. */
  get broken(): boolean {
    return (this.head.peek() & BROKEN) !== 0;
  }

  /** Whether no message will be published any more, at this moment. */
  get ended(): boolean {
    return (this.tail.load() & ENDED) !== 0;
  }

  /** Position behind a message. */
  after(message: Message): number {
    return this.#advanced(message.at, message.byteLength);
  }

  #advanced(at: number, byteLength: number): number {
    return (at + unitsOf(byteLength)) % this.#wrap;
  }

  /**
   * Whether so many units fit behind `tail`, and `more` messages besides one. Looked up anew for each value of `head`: whoever
   * moves `freed` changes `head` after it, so that a mark that is set for that value was set before that change and is
   * answered by it.
   */
  #fits(free: number, headNumber: number, tail: number, number: number, units: number, more: number): boolean {
    return this.#units - this.#distance(free, tail) > units && this.hasPlace(((number - headNumber) | 0) + more);
  }

  /**
   * As `#fits`, from what this process knows already where that is enough: as long as nobody else has published, `head` can
   * only have made room since it was looked at. So a writer leaves the readers' part of the memory alone for as long as it can.
   */
  #fitsForSure(tail: number, number: number, units: number): boolean {
    const known = this.#writing;
    const { free, headNumber } = known;
    if (known.tail === tail && known.number === number && this.#fits(free, headNumber, tail, number, units, 0))
      return true;
    const head = this.head.peek();
    known.tail = tail;
    known.number = number;
    known.headNumber = this.#numberAt(head);
    known.free = this.freed?.peek() ?? head;
    return this.#fits(known.free, known.headNumber, tail, number, units, 0);
  }

  /** Units from position `head` on to position `tail`. */
  #distance(head: number, tail: number): number {
    return (positionOf(tail) - positionOf(head) + this.#wrap) % this.#wrap;
  }

  #numberAt(state: number): number {
    const at = this.indexOf(positionOf(state));
    if (probe !== null) aside("read", at * 4, 4);
    return this.region.words[at];
  }

  /** Whether one more fits when there are `items`. */
  protected hasPlace(items: number): boolean {
    return items < this.itemsMax;
  }

  /** Index among the region's words of the unit at a position. */
  protected indexOf(position: number): number {
    return (this.#base + (position % this.#units) * UNIT) >> 2;
  }

  /** At both words, and `freed` behind them, as of one moment. */
  #look(): void {
    announceLook(this.tail.offset, (this.freed ?? this.head).offset + 4 - this.tail.offset);
  }

  /** A record without its number; what lies at the beginning of the ring belongs to the same step. */
  #announce(kind: "read" | "write", at: number, byteLength: number): void {
    if (probe === null) return;
    const start = this.indexOf(at) * 4 + NUMBER_BYTES;
    const wanted = UNIT - NUMBER_BYTES + byteLength;
    const beforeEnd = Math.min(wanted, this.#base + this.capacity - start);
    announceCopy(kind, start, beforeEnd);
    if (beforeEnd < wanted) aside(kind, this.#base, wanted - beforeEnd);
  }

  protected write(at: number, body: Body, byteLength: number): void {
    const start = this.#bodyOffset(at);
    const beforeEnd = this.#base + this.capacity - start;
    if (byteLength <= beforeEnd) {
      if (typeof body === "string") this.region.text.write(body, start, byteLength, "utf8");
      else if (body.length === byteLength) this.region.bytes.set(body, start);
      else this.#writePlain(start, byteLength);
      return;
    }
    const bytes = typeof body === "string" ? Buffer.from(body, "utf8") : body.subarray(0, byteLength);
    this.region.bytes.set(bytes.subarray(0, beforeEnd), start);
    this.region.bytes.set(bytes.subarray(beforeEnd), this.#base);
  }

  /** What `written` holds: whole words. */
  #writePlain(start: number, byteLength: number): void {
    const { words } = this.region;
    const first = start >> 2;
    for (let index = 0; index * 4 < byteLength; index++) words[first + index] = writtenWords[index];
  }

  #read(at: number, byteLength: number, tag: number): unknown {
    const start = this.#bodyOffset(at);
    const beforeEnd = this.#base + this.capacity - start;
    if (byteLength <= beforeEnd && tag === PLAIN) return plainValueOf(this.region.words, this.region.text, start >> 2);
    const isText = (tag & TEXT) !== 0;
    if (byteLength <= beforeEnd && isText) return this.region.text.toString("utf8", start, start + byteLength);
    const copy = freshBytes(byteLength);
    if (byteLength <= beforeEnd) copy.set(this.region.bytes.subarray(start, start + byteLength));
    else {
      copy.set(this.region.bytes.subarray(start, start + beforeEnd));
      copy.set(this.region.bytes.subarray(this.#base, this.#base + byteLength - beforeEnd), beforeEnd);
    }
    if (!isText && tag !== PLAIN) return copy;
    const text = Buffer.from(copy.buffer, copy.byteOffset, byteLength);
    if (isText) return text.toString("utf8");
    return plainValueOf(new Int32Array(copy.buffer, copy.byteOffset, byteLength >> 2), text, 0);
  }

  #bodyOffset(at: number): number {
    return this.#base + ((at + 1) % this.#units) * UNIT;
  }
}

/** A message as it was found: its body is a copy, or the value itself where the record is PLAIN. */
export interface Message {
  /** Position of its record. */
  readonly at: number;
  /** How many were published before it; wraps at 32 bits. */
  readonly number: number;
  readonly tag: number;
  readonly inline: number;
  /** Length of the body in the ring. */
  readonly byteLength: number;
  readonly body: unknown;
}

/** What a writer finds. */
export interface Room {
  readonly ok: boolean;
  /** Whether one more would fit, if it is small enough. */
  readonly more: boolean;
  /** What to wait on. */
  readonly seen: number;
  /** Nobody will take any more. */
  readonly broken: boolean;
}

export interface Found {
  readonly message: Message | null;
  readonly ended: boolean;
  readonly seen: number;
  /** Whether there are more behind it. */
  readonly more: boolean;
}

const NOTHING = new Uint8Array(0);
const ROOM: Room = { ok: true, more: false, seen: 0, broken: false };
/** In a record's tag: the body is text. */
const TEXT = 1 << 8;

/** Of a record: its header, and its bytes. */
function unitsOf(byteLength: number): number {
  return 1 + Math.ceil(byteLength / UNIT);
}
