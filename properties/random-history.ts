import type { Operation } from "../harness/history.ts";
import type { Model } from "./model.ts";
import { explains } from "./linearizability/transitions.ts";

/** A source of numbers from 0 up to but not including `below`; the caller brings it, since nothing here draws lots. */
export type Draw = (below: number) => number;

/** The small generator of Marsaglia ("Xorshift RNGs", 2003): what benchmarks and cross-checks need is speed and a seed. */
export function drawFrom(seed: number): Draw {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bf03635) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

export interface Workload<State> {
  readonly model: Model<State>;
  readonly operations: number;
  readonly clients: number;
  /** The call that a client makes next; `serial` counts the calls, so that it can serve as a value of its own. */
  readonly call: (
    draw: Draw,
    serial: number,
    client: number,
  ) => { readonly operation: string; readonly args: readonly unknown[] };
  /** One in so many operations never returns, and its client is replaced by a new one. 0: none. */
  readonly crashOneIn?: number;
}

/**
 * A history that the model allows, by letting clients run at random against the model: each operation is invoked, takes
 * effect some time later if the model lets it, and returns some time after that.
 */
export function randomHistory<State>(workload: Workload<State>, draw: Draw): Operation[] {
  const { model, clients, call } = workload;
  const done: Operation[] = [];
  const names = Array.from({ length: clients }, (_, client) => client);
  const open: ({ operation: Operation; phases: string[]; result: unknown; effect: boolean } | null)[] = names.map(
    () => null,
  );
  let state = model.init;
  let rank = 0;
  let serial = 0;
  let idle = 0;
  while (idle < IDLE_STEPS_MAX) {
    const client = draw(clients);
    const now = open[client]!;
    idle += 1;
    if (now === null) {
      if (serial >= workload.operations) continue;
      const { operation, args } = call(draw, serial, client);
      open[client] = {
        operation: pendingOperation(serial, `c${names[client]}`, operation, args, rank++),
        phases: [...(model.phases?.[operation] ?? [operation])],
        result: undefined,
        effect: false,
      };
      serial += 1;
    } else if (workload.crashOneIn !== undefined && workload.crashOneIn > 0 && draw(3 * workload.crashOneIn) === 0) {
      done.push(now.operation);
      open[client] = null;
      names[client] = Math.max(...names) + 1;
    } else if (!now.effect) {
      const process = model.perProcess === true ? now.operation.process : "";
      const steps = model.step(state, { operation: now.phases[0], args: now.operation.args, process });
      const normal = steps.filter((step) => step.error === undefined);
      if (normal.length === 0) continue;
      const step = normal[draw(normal.length)];
      state = step.state;
      now.result =
        "result" in step
          ? step.result
          : [true, false, undefined].find((value) => explains(step, { outcome: "returned", result: value }));
      now.phases.shift();
      now.effect = now.phases.length === 0;
    } else {
      done.push({ ...now.operation, outcome: "returned", result: now.result, returned: rank++ });
      open[client] = null;
    }
    idle = 0;
  }
  for (const now of open) if (now !== null) done.push(now.operation);
  return done.sort((a, b) => a.invoked - b.invoked);
}

/** When nothing has moved for so many draws, whoever is left waits for something that nobody will do. */
const IDLE_STEPS_MAX = 200;

/** The same history with two answers exchanged, one replaced, or one operation left out: often wrong, sometimes not. */
export function disturbed(operations: readonly Operation[], draw: Draw, answers: readonly unknown[]): Operation[] {
  const returned = operations.filter((operation) => operation.outcome === "returned");
  if (returned.length === 0) return [...operations];
  const one = returned[draw(returned.length)];
  if (draw(4) === 0) return operations.filter((operation) => operation !== one);
  const other = returned[draw(returned.length)];
  if (draw(2) === 0 && one.operation === other.operation) {
    return operations.map((operation) =>
      operation === one
        ? { ...one, result: other.result }
        : operation === other
          ? { ...other, result: one.result }
          : operation,
    );
  }
  const result = draw(3) === 0 ? answers[draw(answers.length)] : other.result;
  return operations.map((operation) => (operation === one ? { ...one, result } : operation));
}

function pendingOperation(
  id: number,
  process: string,
  operation: string,
  args: readonly unknown[],
  invoked: number,
): Operation {
  return {
    id,
    process,
    operation,
    object: null,
    args,
    result: undefined,
    outcome: "pending",
    invoked,
    returned: null,
    depth: 0,
  };
}
