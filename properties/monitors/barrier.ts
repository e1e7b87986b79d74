import { type Columns, eventsOf } from "../columns.ts";
import { listed } from "../wording.ts";
import { ByReturn } from "./by-return.ts";
import { type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A barrier trips as late as it can: when a wait returns that no round has released yet, a round must be complete by now,
 * and of those who have arrived it releases the ones that return first. Exact for waits; one that threw may have arrived
 * or not, as one that never returned. O(n log n).
 */
export function barrierMonitor(parties: number): Monitor {
  return { name: "barrier monitor", decides: true, check: (columns) => check(columns, parties) };
}

function check(columns: Columns, parties: number): Finding {
  const { ret, name, process } = columns;
  const waits = columns.names.map((word) => word === "wait" || word === "waitSync");
  const busy = new Uint8Array(columns.processes.length);
  const released = new Uint8Array(columns.count);
  const arrived = new ByReturn(ret);
  const line = eventsOf(columns);
  for (let position = 0; position < line.length; position += 1) {
    const event = line[position];
    const index = event >= 0 ? event : ~event;
    if (!waits[name[index]])
      return unknown(`"${columns.names[name[index]]}" is no operation that the barrier monitor knows`);
    if (event >= 0) {
      if (busy[process[index]] === 1) return unknown("a process has two waits open at once");
      busy[process[index]] = 1;
      arrived.push(index);
      continue;
    }
    busy[process[index]] = 0;
    if (released[index] === 1) continue;
    if (arrived.size < parties) return tooFew(columns, parties, arrived.items(), index, position);
    for (let place = 0; place < parties; place += 1) released[arrived.pop()] = 1;
  }
  return HOLDS;
}

function tooFew(columns: Columns, parties: number, there: readonly number[], index: number, at: number): Finding {
  const who = (other: number): string => columns.processes[columns.process[other]];
  const others = there.filter((other) => other !== index).map(who);
  const company = others.length === 0 ? "alone" : `with only ${listed(others)}`;
  return {
    verdict: "violated",
    message: `${who(index)} passed the barrier of ${parties} ${company}`,
    operations: [...there].sort((a, b) => a - b),
    at,
  };
}
