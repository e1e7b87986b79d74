import type { CostFigures } from "./cost.ts";
import type { Cpython, CpythonRow } from "./cpython.ts";
import type { Forgotten } from "./forgetful.ts";
import type { Ours } from "./survival.ts";

/** All that was measured. */
export interface FaultFigures {
  readonly node: string;
  readonly ours: readonly Ours[];
  readonly cpython: Cpython | null;
  readonly forgotten: readonly Forgotten[];
  readonly cost: CostFigures;
}

/** The generated part of docs/faults.md, in Markdown. */
export function renderFaults({ node, ours, cpython, forgotten, cost }: FaultFigures): string {
  return [
    `Written by \`npm run bench -- faults\`, with Node ${node}${cpython === null ? "" : ` and ${cpython.version}`}.`,
    "### Side by side",
    table(
      ["primitive", "fault", "ours", cpython === null ? "CPython" : cpython.version],
      ours.map((row) => [row.primitive, row.kind, outcome(row), besides(row, cpython)]),
    ),
    ...(cpython === null
      ? ["There was no `python3` when this was written, so CPython's column is empty."]
      : withoutOurs(ours, cpython)),
    "### Step by step",
    "In how many interleavings each process died, or stood still, before each of its steps:",
    table(["primitive", "process", "about to", "kill", "pause"], steps(ours)),
    renderForgotten(forgotten),
    renderCost(cost),
  ].join("\n\n");
}

export function renderForgotten(forgotten: readonly Forgotten[]): string {
  return [
    "### What forgets a step is found",
    "Each primitive with one step of its recovery left out (`scenarios/primitives/fixtures/forgetful.ts`), with at most one death in a run " +
      "(`npm run bench -- faults forgets`):",
    table(
      ["primitive", "forgets", "what fails", "the faults that are left", "found in run", "steps", "ms, with shrinking"],
      forgotten.map(lost),
    ),
  ].join("\n\n");
}

export function renderCost({ rows, load }: CostFigures): string {
  return [
    "### What a death costs",
    `Measured at a load of the machine of ${load} (\`npm run bench -- faults cost\`):`,
    table(
      ["what", "value", ""],
      rows.map(({ name, value, unit, peer, ratio }) => [
        name.replace(/^cost: /, ""),
        `${value.toLocaleString("en")} ${unit}`,
        ratio === undefined ? "" : `${ratio} × ${peer}`,
      ]),
    ),
  ].join("\n\n");
}

/** The document with one of the generated sections replaced, or put in front of what is generated last. */
export function withSection(document: string, section: string): string {
  const [heading] = section.split("\n", 1);
  const start = document.indexOf(`${heading}\n`);
  const last = document.indexOf("### What a death costs\n");
  if (start < 0) return `${document.slice(0, last)}${section}\n\n${document.slice(last)}`;
  const ends = ["\n### ", `\n${END}`].map((mark) => document.indexOf(mark, start + 1)).filter((at) => at >= 0);
  const end = Math.min(...ends) + 1;
  return `${document.slice(0, start)}${section}\n\n${document.slice(end)}`;
}

/** The document with everything between its two marks replaced. */
export function withGenerated(document: string, generated: string): string {
  const [start, end] = [document.indexOf(START), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the document has lost its marks ${START} and ${END}`);
  return `${document.slice(0, start + START.length)}\n\n${generated}\n\n${document.slice(end)}`;
}

const START = "<!-- faults survived -->";
const END = "<!-- end of faults survived -->";

function outcome({ outcome: how, steps: places, interleavings, faults, runs, message }: Ours): string {
  switch (how) {
    case "survived":
      return `${places.length} steps × ${interleavings} interleavings, all survived`;
    case "sampled":
      return `sampled, not proved: ${faults.toLocaleString("en")} in ${runs.toLocaleString("en")} runs, all survived`;
    case "broken":
      return `**broken**: ${message}`;
    case "error":
      return `**could not be tried**: ${message.split("\n")[0]}`;
  }
}

function besides({ primitive, kind }: Ours, cpython: Cpython | null): string {
  const rows = cpython?.rows.filter((row) => row.primitive === primitive && row.kind === kind) ?? [];
  return rows.map(told).join("<br>");
}

function told({ where, next, outcome: how }: CpythonRow): string {
  return `${where}, another one does ${next}: ${how === "survives" ? how : `**${how}**`}`;
}

/** What CPython has and no scenario of ours has been made for. */
function withoutOurs(ours: readonly Ours[], { rows }: Cpython): string[] {
  const others = rows.filter(
    ({ primitive, kind }) => !ours.some((row) => row.primitive === primitive && row.kind === kind),
  );
  if (others.length === 0) return [];
  return [
    "Tried with CPython alone:",
    table(
      ["primitive", "fault", "CPython"],
      others.map((row) => [row.primitive, row.kind, told(row)]),
    ),
  ];
}

function lost({ primitive, forgets, property, faults, foundInRun, steps: length, ms }: Forgotten): string[] {
  if (property === null) return [primitive, forgets, "**not found**", "", "", "", ms.toLocaleString("en")];
  const figures = [foundInRun, length, ms].map((figure) => figure.toLocaleString("en"));
  return [primitive, forgets, property, faults.join(", "), ...figures];
}

/** Steps that are called the same are one row: a process may take a step several times. */
function steps(ours: readonly Ours[]): string[][] {
  const found = new Map<string, { cells: string[]; kill: number; pause: number }>();
  for (const { primitive, kind, steps: places } of ours) {
    if (kind !== "kill" && kind !== "pause") continue;
    for (const { process, before, runs } of places) {
      const key = `${primitive}\n${process}\n${before}`;
      const row = found.get(key) ?? { cells: [primitive, process, before], kill: 0, pause: 0 };
      row[kind] += runs;
      found.set(key, row);
    }
  }
  const rows = [...found.values()].map(({ cells, kill, pause }) => [...cells, String(kill), String(pause)]);
  const sections = [...new Set(ours.map(({ primitive }) => primitive))];
  const at = ([primitive, process]: string[]): string => `${sections.indexOf(primitive) + 1000} ${process}`;
  return rows.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), `|${titles.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
