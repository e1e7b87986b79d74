import type { Body, Coded } from "../codec.ts";
import { JoinableQueue } from "../joinable-queue.ts";
import type { WaitOptions } from "../operation.ts";
import { Queue } from "../queue.ts";
import { SimpleQueue } from "../simple-queue.ts";
import { type Found, type Message, Ring } from "../ring.ts";
import { ENDED, WAITERS } from "../ring-words.ts";

// Queues with one seeded bug each; most of them are bugs of the ring.

/** Publishes the message before its bytes are there. */
class RingPublishesTooEarly extends Ring {
  #late: (() => void) | null = null;

  override publish(coded: Coded): number {
    const before = super.publish(coded);
    // Somebody who gets in here sees the header and not the bytes.
    this.head.load();
    this.#late?.();
    this.#late = null;
    return before;
  }

  protected override write(...what: [at: number, body: Body, byteLength: number]): void {
    this.#late = () => super.write(...what);
  }
}

/** Takes one item more than it may hold. */
class RingOffByOne extends Ring {
  protected override hasPlace(items: number): boolean {
    return items <= this.itemsMax;
  }
}

/** Publishes and tells nobody. */
class RingPublishesInSilence extends Ring {
  override publish(coded: Coded): number {
    return super.publish(coded) & ~WAITERS;
  }
}

/** Says that it has published though the queue had ended meanwhile. */
class RingPublishesAfterTheEnd extends Ring {
  override publish(coded: Coded): number {
    return super.publish(coded) & ~ENDED;
  }
}

/** Makes room and tells nobody. */
class RingTakesInSilence extends Ring {
  override take(message: Message): boolean {
    super.take(message);
    return false;
  }
}

/** Looks without leaving a mark. */
class RingWaitsWithoutAMark extends Ring {
  override first(): Found {
    if (positionOf(this.tail.load()) !== positionOf(this.head.peek())) return super.first(false);
    return { message: null, ended: this.ended, seen: this.tail.load(), more: false };
  }
}

/** Marks as a waiter only once: of two who wait the second is forgotten. */
class RingForgetsOtherWaiters extends Ring {
  override first(): Found {
    return { ...super.first(false), more: false };
  }
}

export class QueuePublishesTooEarly<T> extends Queue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingPublishesTooEarly(...parts);
  }
}

export class QueueOffByOne<T> extends Queue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingOffByOne(...parts);
  }
}

export class QueuePublishesInSilence<T> extends Queue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingPublishesInSilence(...parts);
  }
}

export class QueuePublishesAfterTheEnd<T> extends Queue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingPublishesAfterTheEnd(...parts);
  }
}

export class QueueTakesInSilence<T> extends Queue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingTakesInSilence(...parts);
  }
}

/** Reads without the readers' lock: two consumers get the same item. */
export class QueueReadsWithoutLock<T> extends Queue<T> {
  override async receiveAsync(options: WaitOptions | undefined): Promise<Message> {
    const { message } = this.ring.first(false);
    if (message === null) return super.receiveAsync(options);
    this.ring.take(message);
    return message;
  }
}

export class SimpleQueueWaitsWithoutAMark<T> extends SimpleQueue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingWaitsWithoutAMark(...parts);
  }
}

export class SimpleQueueForgetsOtherWaiters<T> extends SimpleQueue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingForgetsOtherWaiters(...parts);
  }
}

export class SimpleQueuePublishesInSilence<T> extends SimpleQueue<T> {
  protected override makeRing(...parts: ConstructorParameters<typeof Ring>): Ring {
    return new RingPublishesInSilence(...parts);
  }
}

/** Writes without the writers' lock: two producers write over each other. */
export class SimpleQueueWritesWithoutLock<T> extends SimpleQueue<T> {
  override async sendAsync(coded: Coded, options: WaitOptions | undefined): Promise<void> {
    if (!this.ring.room(coded.byteLength, false).ok) return super.sendAsync(coded, options);
    if (this.ring.publish(coded)) this.ring.tail.wake(1);
  }
}

/** Takes an item for done as soon as it was taken. */
export class JoinableQueueJoinsWhenEmpty<T> extends JoinableQueue<T> {
  protected override unfinishedNow(): number {
    return this.ring.count();
  }
}

/** The last taskDone tells nobody. */
export class JoinableQueueDoneInSilence<T> extends JoinableQueue<T> {
  protected override finishNow(lease: number): void {
    this.leases[lease] = 0;
  }
}

/** Wakes those who join before the last item is done: they look, sleep again, and nobody wakes them. */
export class JoinableQueueWakesTooEarly<T> extends JoinableQueue<T> {
  protected override finishNow(lease: number): void {
    this.completions.wake();
    this.leases[lease] = 0;
    this.completions.load();
  }
}

/** Forgets an item that is taken while others are done. */
export class JoinableQueueForgetsOthers<T> extends JoinableQueue<T> {
  protected override finishNow(lease: number): void {
    this.leases.fill(0);
    super.finishNow(lease);
  }
}

function positionOf(state: number): number {
  return state & (2 ** 28 - 1);
}
