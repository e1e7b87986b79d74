import type { Kind, NumberOf } from "../kinds.ts";
import { SharedArray } from "../shared-array.ts";
import { Value } from "../value.ts";

// Values and arrays with one seeded bug each: what should be one step is two.

export class ValueAddsInTwoSteps extends Value {
  override add(delta: number): number {
    const before = this.get();
    this.set(before + delta);
    return before;
  }
}

export class ValueSubtractsInTwoSteps extends Value {
  override sub(delta: number): number {
    const before = this.get();
    this.set(before - delta);
    return before;
  }
}

export class ValueExchangesInTwoSteps extends Value {
  override compareExchange(expected: number, next: number): number {
    const before = this.get();
    if (before === expected) this.set(next);
    return before;
  }
}

export class ValueUpdatesInTwoSteps extends Value {
  override update(change: (before: number) => number): number {
    const after = change(this.get());
    this.set(after);
    return after;
  }
}

export class SharedArrayAddsInTwoSteps<K extends Kind> extends SharedArray<K> {
  override add(index: number, delta: NumberOf<K>): NumberOf<K> {
    const before = this.get(index);
    this.set(index, ((before as number) + (delta as number)) as NumberOf<K>);
    return before;
  }
}

export class SharedArrayExchangesInTwoSteps<K extends Kind> extends SharedArray<K> {
  override compareExchange(index: number, expected: NumberOf<K>, next: NumberOf<K>): NumberOf<K> {
    const before = this.get(index);
    if (before === expected) this.set(index, next);
    return before;
  }
}

/** Writes the neighbour of the last element but one. */
export class SharedArrayOffByOne<K extends Kind> extends SharedArray<K> {
  override set(index: number, value: NumberOf<K>): void {
    super.set(index === this.length - 2 ? index + 1 : index, value);
  }
}

/** An element that does not change is not written: a write of the same value that should win is lost. */
export class SharedArraySkipsEqualWrites<K extends Kind> extends SharedArray<K> {
  override set(index: number, value: NumberOf<K>): void {
    if (this.get(index) !== value) super.set(index, value);
  }
}
