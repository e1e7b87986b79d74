import { argumentsOf, type Columns, emptyColumns, NEVER, subsetOf } from "../columns.ts";
import type { Answer, Call, Model } from "../model.ts";

/**
 * What of a history concerns a model: not the operations that it ignores; and what threw an error that is no answer of the
 * object is pending, since it says nothing about the effect.
 */
export function relevantTo(columns: Columns, model: Model<any>): Columns {
  const ignored = new Set(model.ignores);
  const dropped = columns.names.map((name) => ignored.has(name));
  const { count, name, threw } = columns;
  let plain = true;
  for (let index = 0; index < count && plain; index += 1) plain = !dropped[name[index]] && threw[index] === 0;
  if (plain) return columns;
  const kept: number[] = [];
  for (let index = 0; index < count; index += 1) if (!dropped[name[index]]) kept.push(index);
  const errors = model.errors ?? [];
  return subsetOf(columns, kept, (index) => {
    if (threw[index] === 0) return false;
    const text = String(columns.values.value(columns.result[index]));
    return !errors.some((error) => text.includes(error));
  });
}

/**
 * Operations of several phases split into these. Each phase gets the interval of its operation; which comes first is the
 * model's affair. Positions stay unique: the invocations of the phases stand side by side, and so do their responses.
 */
export function inPhases(columns: Columns, model: Model<any>): Columns {
  const phases = columns.names.map((name) => model.phases?.[name] ?? null);
  if (phases.every((list) => list === null)) return columns;
  const names = [...columns.names];
  const indexOf = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const codes = phases.map((list) => list?.map(indexOf) ?? null);
  const rows: { row: number; name: number; at: number }[] = [];
  for (let row = 0; row < columns.count; row += 1) {
    const list = codes[columns.name[row]] ?? [columns.name[row]];
    for (const [at, name] of list.entries()) rows.push({ row, name, at });
  }
  const most = Math.max(1, ...phases.map((list) => list?.length ?? 1));
  const spread = emptyColumns(rows.length, columns.values);
  for (const [index, { row, name, at }] of rows.entries()) {
    spread.call[index] = columns.call[row] * most + at;
    spread.ret[index] = columns.ret[row] === NEVER ? NEVER : columns.ret[row] * most + at;
    spread.id[index] = columns.id[row]!;
    spread.process[index] = columns.process[row]!;
    spread.name[index] = name;
    spread.argumentCount[index] = columns.argumentCount[row]!;
    spread.argument[index] = columns.argument[row]!;
    spread.result[index] = columns.result[row]!;
    spread.threw[index] = columns.threw[row]!;
  }
  const all = { ...spread, events: columns.events * most, processes: columns.processes, names };
  // Taking all rows renumbers the positions, which are now spread out.
  return subsetOf(all, [...rows.keys()]);
}

/** What a model is told about operation `index`, and what was answered. */
export function callOf(columns: Columns, index: number, model: Model<any>): { call: Call; answer: Answer } {
  const pending = columns.ret[index] === NEVER;
  return {
    call: {
      operation: columns.names[columns.name[index]],
      args: argumentsOf(columns, index),
      process: model.perProcess === true ? columns.processes[columns.process[index]] : "",
    },
    answer: {
      outcome: pending ? "pending" : columns.threw[index] === 1 ? "threw" : "returned",
      result: pending ? undefined : columns.values.value(columns.result[index]),
    },
  };
}
