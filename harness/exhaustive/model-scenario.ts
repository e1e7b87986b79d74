import { constantFrom } from "fast-check";
import { scenario, type RoleContext, type Scenario } from "../scenario.ts";
import { Word } from "../../primitives/memory/word.ts";
import { bruteForce } from "./brute-force.ts";
import type { Instruction } from "./model.ts";
import { randomProgram } from "./random-program.ts";

/** Programs with locks, or with waits and wakes, of at least 6 partial orders. */
const SEEDS = [4, 20, 33, 36, 40, 47, 52, 65, 74, 95, 96, 97, 102, 106, 109, 113, 115, 122, 153, 156];

/**
 * The random programs of the model as a scenario: what the model does within one process, real processes do with real words.
 * The inputs are the seeds of programs that are small and need nothing but locks of the engine.
 */
export const modelPrograms: Scenario = scenario(import.meta.url, {
  name: "model-programs",
  input: constantFrom(...SEEDS),
  examples: SEEDS,
  shared: (seed) => ({ words: randomProgram(seed).words.map((value) => Word.allocate("word", value)) }),
  processes: (seed) => randomProgram(seed).program.map(() => "process"),
  roles: {
    process({ words }: { words: Word[] }, p: RoleContext<number>) {
      const instructions = randomProgram(p.input).program[p.index];
      let seen = 0;
      for (let at = 0; at < instructions.length; at++) {
        const instruction = instructions[at];
        if (instruction.do !== "skip") seen = act(words[instruction.word], instruction, p);
        else if (seen === instruction.value) at += instruction.count;
      }
    },
  },
  properties: [],
}) as unknown as Scenario;

/** How many partial orders all the programs have together. */
export function modelProgramsOrders(): number {
  return SEEDS.reduce((total, seed) => total + (ordersOf(seed) ?? 0), 0);
}

function ordersOf(seed: number): number | null {
  const { program, words } = randomProgram(seed);
  return bruteForce(program, words, 1500)?.orders.size ?? null;
}

/** Returns what the instruction found. */
function act(word: Word, instruction: Exclude<Instruction, { do: "skip" }>, p: RoleContext<number>): number {
  switch (instruction.do) {
    case "read":
      return word.load();
    case "write":
      return word.exchange(instruction.value);
    case "add":
      return word.add(instruction.value);
    case "wait":
      return word.wait(instruction.value) === "changed" ? 1 : 0;
    case "wake":
      return word.wake(instruction.count);
    default:
      p.until(word, 1, 0);
      return 1;
  }
}
