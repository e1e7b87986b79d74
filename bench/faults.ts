import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Checker } from "../harness/check.ts";
import type { Bench, BenchRow } from "./bench.ts";
import { costOfDeaths } from "./faults/cost.ts";
import { cpythonUnderFaults } from "./faults/cpython.ts";
import { forgetfulUnderFaults, type Forgotten } from "./faults/forgetful.ts";
import {
  renderCost,
  renderFaults,
  renderForgotten,
  withGenerated,
  withSection,
  type FaultFigures,
} from "./faults/render.ts";
import { primitivesUnderFaults, type Ours } from "./faults/survival.ts";

/**
 * Which faults the primitives survive, with CPython's multiprocessing under the same faults beside them, what is found of
 * primitives that forget a step, and what a death costs. Writes all of it into docs/faults.md, or one of the last two alone
 * (`forgets`, `cost`), and returns it as rows.
 */
export const faults: Bench = {
  name: "faults",
  async run(isWanted) {
    await using checker = new Checker();
    const whole = isWanted("survived");
    const ours = whole ? await primitivesUnderFaults(checker) : [];
    const forgotten = whole || isWanted("forgets") ? await forgetfulUnderFaults(checker) : null;
    const cost = whole || isWanted("cost") ? await costOfDeaths(checker) : null;
    const document = readFileSync(DOCUMENT, "utf8");
    if (whole && forgotten !== null && cost !== null) {
      const cpython = await cpythonUnderFaults();
      const figures: FaultFigures = { node: process.versions.node, ours, forgotten, cost, cpython };
      writeFileSync(DOCUMENT, withGenerated(document, renderFaults(figures)));
    } else {
      const sections = [forgotten && renderForgotten(forgotten), cost && renderCost(cost)].filter(
        (section) => section !== null,
      );
      writeFileSync(DOCUMENT, sections.reduce(withSection, document));
    }
    return rows(ours, forgotten ?? [], cost?.rows ?? []);
  },
};

const DOCUMENT = fileURLToPath(new URL("../docs/faults.md", import.meta.url));

function rows(ours: readonly Ours[], forgotten: readonly Forgotten[], cost: readonly BenchRow[]): BenchRow[] {
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
