import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Checker } from "../harness/check.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { costOfDeaths } from "./faults/cost.ts";
import { cpythonUnderFaults } from "./faults/cpython.ts";
import { forgetfulUnderFaults } from "./faults/forgetful.ts";
import { renderFaults, withGenerated, type FaultFigures } from "./faults/render.ts";
import { primitivesUnderFaults } from "./faults/survival.ts";

/**
 * Which faults the primitives survive, with CPython's multiprocessing under the same faults beside them, what is found of
 * primitives that forget a step, and what a death costs. Writes all of it into docs/faults.md, and returns it as rows.
 */
export const faults: Bench = {
  name: "faults",
  async run() {
    await using checker = new Checker();
    const ours = await primitivesUnderFaults(checker);
    const forgotten = await forgetfulUnderFaults(checker);
    const cost = await costOfDeaths(checker);
    const cpython = await cpythonUnderFaults();
    const figures: FaultFigures = { node: process.versions.node, ours, forgotten, cost, cpython };
    writeFileSync(DOCUMENT, withGenerated(readFileSync(DOCUMENT, "utf8"), renderFaults(figures)));
    return rows(figures);
  },
};

const DOCUMENT = fileURLToPath(new URL("../docs/faults.md", import.meta.url));

function rows({ ours, forgotten, cost }: FaultFigures): BenchRow[] {
  return [
    ...ours.map(({ primitive, kind, outcome, steps }) => ({
      name: `${primitive}, ${kind}: ${outcome}`,
      value: outcome === "survived" ? steps.length : 0,
      unit: "steps survived",
    })),
    ...forgotten.map(({ primitive, forgets, property, faults: left }) => ({
      name: `${primitive} forgets ${forgets}: ${property ?? "not found"}`,
      value: left.length,
      unit: "faults left",
    })),
    ...cost,
  ];
}
