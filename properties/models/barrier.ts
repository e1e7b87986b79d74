import type { Model } from "../model.ts";
import { barrierMonitor } from "../monitors/barrier.ts";

/**
 * A barrier for `parties` processes. A `wait` is no single moment: it arrives, and it leaves when as many have arrived as
 * there are parties, so the model has two steps for it. The index that `wait` returns is not looked at; neither are
 * `abort` and `reset` known: a wait that threw may or may not have arrived.
 */
export function barrierModel(parties: number): Model<BarrierState> {
  return {
    name: "barrier",
    init: { arrived: [], leaving: [] },
    perProcess: true,
    phases: { wait: ["arrive", "leave"], waitSync: ["arrive", "leave"] },
    monitor: barrierMonitor(parties),
    step({ arrived, leaving }, { operation, process }) {
      if (operation === "arrive") {
        if (arrived.includes(process) || leaving.includes(process)) return [];
        const all = [...arrived, process].sort();
        if (all.length < parties) return [{ state: { arrived: all, leaving } }];
        return [{ state: { arrived: [], leaving: [...leaving, ...all].sort() } }];
      }
      if (!leaving.includes(process)) return [];
      return [{ state: { arrived, leaving: leaving.filter((other) => other !== process) } }];
    },
    show: ({ arrived, leaving }) => `arrived: ${names(arrived)}; leaving: ${names(leaving)}`,
    hash: ({ arrived, leaving }) => `${JSON.stringify(arrived)}${JSON.stringify(leaving)}`,
  };
}

function names(processes: readonly string[]): string {
  return processes.length === 0 ? "nobody" : processes.join(", ");
}

export interface BarrierState {
  /** Who waits in the round that is filling. */
  readonly arrived: readonly string[];
  /** Who was released and has not yet left. */
  readonly leaving: readonly string[];
}
