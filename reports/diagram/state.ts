import type { TraceEntry } from "../../harness/trace.ts";

/** The values that the trace shows of one shared object, in the order of the steps. */
export interface ObjectTimeline {
  readonly object: string;
  readonly values: readonly ObjectValue[];
}

export interface ObjectValue {
  readonly step: number;
  readonly value: string;
  /** True if the step changed the object; false if the object was only seen to have this value. */
  readonly changed: boolean;
}

/** What the trace gives away about every shared object, in the order in which the objects appear. */
export function followObjects(trace: readonly TraceEntry[]): readonly ObjectTimeline[] {
  const timelines = new Map<string, ObjectValue[]>();
  for (const entry of trace) {
    const { object, kind, detail, step } = entry;
    if (object === null || !showsState.has(kind)) continue;
    const name = partOf(entry, object);
    const values = timelines.get(name) ?? [];
    timelines.set(name, values);
    const seen = /^(?:([→←])|(.*?) →) (.*)$/s.exec(detail);
    if (seen === null) continue;
    const [, arrow, before, value] = seen;
    values.push({ step, value, changed: arrow === "←" || before !== undefined });
  }
  return [...timelines].map(([object, values]) => ({ object, values }));
}

/** "orders (tail)": an object of several words has as many values, and the label says whose this is. */
function partOf({ label }: TraceEntry, object: string): string {
  const at = label.indexOf(`${object} (`);
  return at >= 0 && label.endsWith(")") ? label.slice(at) : object;
}

const showsState: ReadonlySet<TraceEntry["kind"]> = new Set(["read", "write", "update", "step"]);

/** The last value known at a step; null before anything was seen of the object. */
export function valueAt(timeline: ObjectTimeline, step: number): ObjectValue | null {
  let low = 0;
  let high = timeline.values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeline.values[middle].step <= step) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : timeline.values[low - 1];
}
