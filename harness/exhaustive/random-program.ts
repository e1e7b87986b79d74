import { nextDouble, seedRandom } from "../engine/random.ts";
import type { Instruction, ModelProgram } from "./model.ts";

/** A small program on words, locks, semaphores and conditions, nested locks and deadlocks among them, from a seed. */
export function randomProgram(seed: number): { readonly program: ModelProgram; readonly words: readonly number[] } {
  const random = new Int32Array(4);
  seedRandom(random, 0, seed);
  const below = (limit: number): number => Math.floor(nextDouble(random, 0) * limit);
  const words = Array.from({ length: 1 + below(3) }, () => below(3));
  const word = (): number => below(words.length);

  function instruction(): Instruction {
    switch (below(9)) {
      case 0:
      case 1:
        return { do: "read", word: word() };
      case 2:
      case 3:
        return { do: "write", word: word(), value: below(3) };
      case 4:
        return { do: "add", word: word(), value: 1 };
      case 5:
        return { do: below(2) === 0 ? "take" : "lock", word: word() };
      case 6:
        return { do: "wait", word: word(), value: below(2) };
      case 7:
        return { do: "wake", word: word(), count: 1 + below(2) };
      default:
        return { do: "skip", value: below(2), count: 1 + below(2) };
    }
  }

  /** One lock inside another, in an order that the next process may take the other way round. */
  function nested(): Instruction[] {
    const outer = word();
    const inner = word();
    const kind = below(2) === 0 ? "take" : "lock";
    return [
      { do: kind, word: outer },
      { do: kind, word: inner },
      { do: "add", word: inner, value: 1 },
      { do: "add", word: outer, value: 1 },
    ];
  }

  const program = Array.from({ length: 2 + below(2) }, () =>
    below(4) === 0 ? nested() : Array.from({ length: 1 + below(4) }, instruction),
  );
  return { program, words };
}
