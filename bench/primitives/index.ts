import type { Bench, BenchRow } from "../bench.ts";
import { alone } from "./alone.ts";
import { cpythonFigures } from "./cpython.ts";
import { deaths } from "./deaths.ts";
import { handOver } from "./hand-over.ts";
import { CPYTHON, type Measure } from "./measure.ts";
import { meetings } from "./meetings.ts";
import { messages } from "./messages.ts";
import { reads } from "./reads.ts";

/**
 * Our primitives beside CPython's multiprocessing, each as a plain loop in its own language, in one run on one machine, and
 * beside what Node and the system have themselves. Without python3 the rows have no peer.
 */
export const primitives: Bench = {
  name: "primitives",
  async run(isWanted) {
    const measures = [...alone, ...messages, ...meetings, ...handOver, ...reads, ...deaths].filter(({ name }) =>
      isWanted(name),
    );
    const python = cpythonFigures(measures.filter(({ peer }) => peer === CPYTHON).map(({ name }) => name));
    const rows: BenchRow[] = [];
    for (const measure of measures) rows.push(await rowOf(measure, python));
    return rows;
  },
};

async function rowOf({ name, unit, peer, take }: Measure, python: Record<string, number>): Promise<BenchRow> {
  const { value, peerValue = peer === CPYTHON ? python[name] : undefined } = await take();
  if (peer === undefined || peerValue === undefined) return { name, value: rounded(value), unit };
  return { name, value: rounded(value), unit, peer, peerValue: rounded(peerValue), ratio: rounded(value / peerValue) };
}

/** Three digits are more than a measurement is good for. */
function rounded(value: number): number {
  return value >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
