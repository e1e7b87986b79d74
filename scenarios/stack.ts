import { Word } from "../primitives/memory/word.ts";
import { linearizable } from "../properties/linearizable.ts";
import { stackModel } from "../properties/models/stack.ts";
import { unique } from "../properties/program.ts";

/** A stack that a user might build of words: the lock-free one of Treiber (1986), right, and as it is often written. */
class TreiberStack {
  /** Index of the topmost cell plus one; 0 if the stack is empty. */
  protected readonly top = Word.allocate("top");
  protected readonly free = Word.allocate("free");
  protected readonly values = Array.from({ length: CELLS }, (_, cell) => Word.allocate(`value ${cell}`));
  protected readonly below = Array.from({ length: CELLS }, (_, cell) => Word.allocate(`below ${cell}`));

  /** Every push takes a cell of its own, which is never used again: programs are short. */
  push(value: number): void {
    const cell = this.free.add(1);
    this.values[cell].store(value);
    for (;;) {
      const top = this.top.load();
      this.below[cell].store(top);
      if (this.moves(top, cell + 1)) return;
    }
  }

  /** The value on top; null if there is none. */
  pop(): number | null {
    for (;;) {
      const top = this.top.load();
      if (top === 0) return null;
      const value = this.values[top - 1].load();
      if (this.moves(top, this.below[top - 1].load())) return value;
    }
  }

  protected moves(from: number, to: number): boolean {
    return this.top.compareExchange(from, to) === from;
  }
}

/** Looks whether the top is still the same, and then moves it: in two steps. */
class StackOfTwoSteps extends TreiberStack {
  protected override moves(from: number, to: number): boolean {
    if (this.top.load() !== from) return false;
    this.top.store(to);
    return true;
  }
}

const CELLS = 32;

const operations = { push: [unique], pop: [] };

export const stackTreiber = linearizable(import.meta.url, {
  name: "stack-treiber",
  description: "a lock-free stack whose top moves by compare-and-exchange is a stack, whatever overlaps",
  object: "stack",
  create: () => new TreiberStack(),
  operations,
  model: stackModel(),
});

export const stackCheckThenSet = linearizable(import.meta.url, {
  name: "stack-check-then-set",
  description: "a stack that looks at its top and moves it in two steps loses a push, or gives a value out twice",
  object: "stack",
  create: () => new StackOfTwoSteps(),
  operations,
  model: stackModel(),
  violates: ["linearizable"],
});
