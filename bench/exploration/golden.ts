import { constant } from "fast-check";
import { scenario, times, type RoleContext, type Scenario } from "../../harness/scenario.ts";
import { Word } from "../../primitives/memory/word.ts";

/**
 * Programs of which it is known how many interleavings they have, up to swapping independent neighbours: from the papers on
 * source sets and Optimal-DPOR (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014), and by counting.
 */
export const GOLDEN_COUNTS: Readonly<Record<string, number>> = {
  "fetch-add-2x1": 2,
  "fetch-add-2x3": 20,
  "fetch-add-2x5": 252,
  "fetch-add-3x1": 6,
  "fetch-add-3x2": 90,
  "lock-2x2": 6,
  "lock-3x1": 6,
  "lock-3x2": 90,
  "readers-2": 4,
  "readers-3": 8,
  "last-zero-2": 5,
  "last-zero-3": 12,
  "independent-3x5": 1,
  "store-buffering": 3,
};

export const fetchAdd2x1 = fetchAdd(2, 1);
export const fetchAdd2x3 = fetchAdd(2, 3);
export const fetchAdd2x5 = fetchAdd(2, 5);
export const fetchAdd3x1 = fetchAdd(3, 1);
export const fetchAdd3x2 = fetchAdd(3, 2);

function fetchAdd(processes: number, adds: number): Scenario {
  return golden(`fetch-add-${processes}x${adds}`, 1, times(processes, "adder"), {
    adder([word]) {
      for (let add = 0; add < adds; add++) word.add(1);
    },
  });
}

export const lock2x2 = lock(2, 2);
export const lock3x1 = lock(3, 1);
export const lock3x2 = lock(3, 2);

function lock(processes: number, rounds: number): Scenario {
  return golden(`lock-${processes}x${rounds}`, 1, times(processes, "holder"), {
    holder([word], p) {
      for (let round = 0; round < rounds; round++) {
        p.until(word, 0, 1);
        word.store(0);
      }
    },
  });
}

export const readers2 = readers(2);
export const readers3 = readers(3);

function readers(count: number): Scenario {
  return golden(`readers-${count}`, 1, ["writer", ...times(count, "reader")], {
    writer: ([word]) => word.store(1),
    reader: ([word]) => void word.load(),
  });
}

export const lastZero2 = lastZero(2);
export const lastZero3 = lastZero(3);

/** One process looks for the last zero from behind, each other one writes behind what it read. */
function lastZero(writers: number): Scenario {
  return golden(`last-zero-${writers}`, writers + 1, ["searcher", ...times(writers, "writer")], {
    searcher(words) {
      let at = writers;
      while (words[at].load() !== 0) at--;
    },
    writer: (words, p) => words[p.number + 1].store(words[p.number].load() + 1),
  });
}

export const independent3x5 = golden("independent-3x5", 3, times(3, "loner"), {
  loner(words, p) {
    for (let step = 0; step < 5; step++) words[p.index].store(step);
  },
});

export const storeBuffering = golden("store-buffering", 2, times(2, "writer"), {
  writer(words, p) {
    words[p.index].store(1);
    words[1 - p.index].load();
  },
});

type Body = (words: Word[], p: RoleContext) => void;

function golden(name: string, count: number, processes: readonly string[], bodies: Record<string, Body>): Scenario {
  const roles: Record<string, (shared: { words: Word[] }, p: RoleContext) => void> = {};
  for (const [role, body] of Object.entries(bodies)) roles[role] = ({ words }, p) => body(words, p);
  return scenario(import.meta.url, {
    name,
    input: constant({}),
    shared: () => ({ words: Array.from({ length: count }, () => Word.allocate("word")) }),
    processes: () => processes,
    roles,
    properties: [],
  }) as unknown as Scenario;
}
