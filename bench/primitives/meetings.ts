import { Barrier, Condition, Value } from "../../primitives/index.ts";
import { atGate, type Gate, gate, seconds, started } from "./gate.ts";
import { besideCPython, type Measure } from "./measure.ts";

/** How often processes meet that wait for each other. */
export const meetings: readonly Measure[] = [
  besideCPython("Barrier of 4", "rounds/s", barrierRate),
  besideCPython("Condition round trip", "round trips/s", conditionRate),
];

async function barrierRate(): Promise<number> {
  const barrier = new Barrier(4);
  const rounds = 10_000;
  const signals = gate();
  const workers = Array.from({ length: 4 }, () => started(import.meta.url, "meet", [barrier, rounds, signals]));
  return rounds / (await seconds(workers, signals));
}

export function meet(barrier: Barrier, rounds: number, signals: Gate): void {
  atGate(signals, rounds, () => barrier.waitSync());
}

async function conditionRate(): Promise<number> {
  const rounds = 20_000;
  const shared = { condition: new Condition(), turn: new Value(0) };
  const signals = gate();
  const workers = [0, 1].map((me) => started(import.meta.url, "play", [shared, me, rounds, signals]));
  return rounds / (await seconds(workers, signals));
}

interface Turns {
  readonly condition: Condition;
  readonly turn: Value;
}

export function play({ condition, turn }: Turns, me: number, rounds: number, signals: Gate): void {
  atGate(signals, rounds, () => {
    condition.acquireSync();
    while (turn.get() !== me) condition.waitSync();
    turn.set(1 - me);
    condition.notify();
    condition.release();
  });
}
