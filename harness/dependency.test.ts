import { expect, test } from "vitest";
import { dependent, writes, type AnnouncedStep } from "./dependency.ts";
import { KIND } from "./engine/kinds.ts";
import { nextDouble, seedRandom } from "./engine/random.ts";
import { Model, type ModelProgram } from "./exhaustive/fixtures/model.ts";
import { randomProgram } from "./exhaustive/fixtures/random-program.ts";

test("two steps that it calls independent lead to the same state in either order, and neither enables or disables the other", () => {
  let pairs = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const { program, words } = randomProgram(seed);
    const path = randomPath(program, words, seed);
    for (let length = 0; length < path.length; length++) pairs += checkPairs(program, words, path.slice(0, length));
  }
  expect(pairs).toBeGreaterThan(5000);
});

test.each<[string, (a: AnnouncedStep, b: AnnouncedStep) => boolean]>([
  ["writes", (a, b) => dependent(a, b) && !(writes(a) && writes(b))],
  ["a look and a write", (a, b) => dependent(a, b) && writes(a) === writes(b)],
  ["waits", (a, b) => dependent(a, b) && !(a.kind === KIND.wait && b.kind === KIND.wait)],
  ["a wait and a wake", (a, b) => dependent(a, b) && (a.kind === KIND.wake) === (b.kind === KIND.wake)],
])("a relation that forgets %s is caught by that", (_name, forgetful) => {
  const tried = (): void => {
    for (let seed = 1; seed <= 300; seed++) {
      const { program, words } = randomProgram(seed);
      const path = randomPath(program, words, seed);
      for (let length = 0; length < path.length; length++) checkPairs(program, words, path.slice(0, length), forgetful);
    }
  };
  expect(tried).toThrow(/expected/);
});

test.each([
  ["two reads", step("read", 8), step("read", 8), false],
  ["a read and a write", step("read", 8), step("write", 8), true],
  ["writes of different words", step("write", 8), step("write", 12), false],
  ["two waits, which queue up", step("wait", 8), step("wait", 8), true],
  ["a wait and a wake", step("wait", 8), step("wake", 8), true],
  ["a wake and a write, which it does not look at", step("wake", 8), step("write", 8), false],
  ["a wait and a write", step("wait", 8), step("write", 8), true],
  ["going on after a wake and anything", step("resume", 8), step("write", 8), false],
  ["a step that may touch anything and a read", step("step", 0), step("read", 8), true],
  ["a step that may touch anything and a pause", step("step", 0), step("think", 0), false],
  ["copies that overlap, one of them in", copy(8, 100, 1), copy(64, 8, 2), true],
  ["copies that overlap, both out", copy(8, 100, 1), copy(64, 8, 1), false],
  ["copies side by side", copy(8, 8, 2), copy(16, 8, 2), false],
  ["a copy and a word within it", copy(8, 100, 2), step("read", 64), true],
  [
    "steps on files of different names",
    { ...step("step", -5), byteLength: 2 },
    { ...step("step", -6), byteLength: 2 },
    false,
  ],
  [
    "steps that only read one file",
    { ...step("step", -5), byteLength: 1 },
    { ...step("step", -5), byteLength: 1 },
    false,
  ],
] as const)("%s", (_name, a, b, expected) => {
  expect(dependent(a, b)).toBe(expected);
  expect(dependent(b, a)).toBe(expected);
});

function randomPath(program: ModelProgram, words: readonly number[], seed: number): number[] {
  const random = new Int32Array(4);
  seedRandom(random, 0, seed);
  const model = new Model(program, words);
  const path: number[] = [];
  for (let enabled = model.enabled(); enabled.length > 0; enabled = model.enabled()) {
    path.push(enabled[Math.floor(nextDouble(random, 0) * enabled.length)]);
    model.take(path[path.length - 1]);
  }
  return path;
}

/** Every two enabled steps behind the path that are called independent; returns how many. */
function checkPairs(
  program: ModelProgram,
  words: readonly number[],
  path: readonly number[],
  relation = dependent,
): number {
  const here = along(program, words, path);
  const enabled = here.enabled();
  let pairs = 0;
  for (const first of enabled) {
    for (const second of enabled) {
      const steps = [here.announced(first), here.announced(second)] as [AnnouncedStep, AnnouncedStep];
      if (first >= second || relation(...steps)) continue;
      pairs++;
      const one = along(program, words, [...path, first]);
      const other = along(program, words, [...path, second]);
      expect(one.enabled()).toContain(second);
      expect(other.enabled()).toContain(first);
      one.take(second);
      other.take(first);
      expect(one.text()).toBe(other.text());
    }
  }
  return pairs;
}

function along(program: ModelProgram, words: readonly number[], path: readonly number[]): Model {
  const model = new Model(program, words);
  for (const process of path) model.take(process);
  return model;
}

function step(kind: keyof typeof KIND, object: number): AnnouncedStep {
  return { kind: KIND[kind], object, label: 0, byteLength: 0 };
}

function copy(object: number, byteLength: number, label: number): AnnouncedStep {
  return { kind: KIND.copy, object, label, byteLength };
}
