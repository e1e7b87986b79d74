import { type Columns, NEVER } from "../columns.ts";
import { NOTHING } from "../values.ts";
import { rolesIn, SET_NAMES } from "../vocabulary.ts";
import { shown } from "../wording.ts";
import { type Conflict, type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";
import { Numbering } from "./distinct.ts";

/**
 * A set into which every element is added once and from which it is removed at most once, whose other operations only look.
 * Elements are independent. An element does best to go in as late and out as early as the answers that saw it allow; it
 * holds exactly if no answer that did not see it lies wholly in between. Linear.
 */
export const setMonitor: Monitor = { name: "set monitor", decides: true, check };

const NONE = -1;

function check(columns: Columns): Finding {
  const { count, call, ret, name, argument, result, threw, values } = columns;
  const roles = rolesIn(columns, SET_NAMES);
  const [yes, no] = [values.code(true), values.code(false)];
  const numbering = new Numbering(columns);
  const column = (start: number): Int32Array => new Int32Array(count).fill(start);
  const [add, remove] = [column(NONE), column(NONE)];
  /** The answers that saw the element: the one that returned first and the one that was called last. */
  const [seenFirst, seenLast] = [column(NONE), column(NONE)];
  for (let index = 0; index < count; index += 1) {
    const role = roles[name[index]];
    if (role === null || threw[index] === 1)
      return unknown("an operation that is more than a set's add, remove and has");
    const element = numbering.of(argument[index]);
    const pending = ret[index] === NEVER;
    if (!pending && result[index] !== yes && result[index] !== no && (role === "has" || result[index] !== NOTHING)) {
      return unknown("an answer that is neither true nor false");
    }
    if (!pending && result[index] === NOTHING) return unknown("an answer that does not say whether anything changed");
    const changer = role === "add" ? add : role === "remove" ? remove : null;
    if (changer !== null && (pending || result[index] === yes)) {
      if (changer[element] !== NONE) return unknown("one element is added or removed more than once");
      changer[element] = index;
    } else if (!pending && (role === "has") === (result[index] === yes) && role !== "remove") {
      // A has that answered true and an add that answered false saw the element.
      if (seenFirst[element] === NONE || ret[index] < ret[seenFirst[element]]) seenFirst[element] = index;
      if (seenLast[element] === NONE || call[index] > call[seenLast[element]]) seenLast[element] = index;
    }
  }
  // When it went in at the latest, and came out at the earliest; NEVER for an element that need not have been in.
  const [inBy, outFrom] = [column(NEVER), column(NEVER)];
  for (let element = 0; element < numbering.size; element += 1) {
    const [into, out, first, last] = [add[element], remove[element], seenFirst[element], seenLast[element]];
    const removed = out !== NONE && ret[out] !== NEVER;
    const added = into !== NONE && (ret[into] !== NEVER || removed || first !== NONE);
    if (!added && (removed || first !== NONE)) return neverAdded(columns, removed ? out : first);
    if (!added) continue;
    inBy[element] = Math.min(ret[into], removed ? ret[out] : NEVER, first === NONE ? NEVER : ret[first]);
    outFrom[element] = out === NONE ? NEVER : Math.max(call[out], call[into], last === NONE ? 0 : call[last]);
    for (const witness of [removed ? out : NONE, first]) {
      if (witness !== NONE && ret[witness] < call[into])
        return wrong(columns, "was seen before it was added", [into, witness], witness);
    }
    if (removed && last !== NONE && call[last] > ret[out]) {
      return wrong(columns, "was seen after it was removed", [into, out, last], last);
    }
  }
  return missed(columns, roles, numbering, no, { add, remove, seenFirst, seenLast, inBy, outFrom }) ?? HOLDS;
}

interface Elements {
  readonly add: Int32Array;
  readonly remove: Int32Array;
  readonly seenFirst: Int32Array;
  readonly seenLast: Int32Array;
  readonly inBy: Int32Array;
  readonly outFrom: Int32Array;
}

/** An answer that did not see an element, all of it while the element was inside for sure. */
function missed(
  columns: Columns,
  roles: readonly (string | null)[],
  numbering: Numbering,
  no: number,
  elements: Elements,
): Conflict | null {
  const { count, call, ret, name, argument, result } = columns;
  for (let index = 0; index < count; index += 1) {
    if (ret[index] === NEVER || result[index] !== no || roles[name[index]] === "add") continue;
    const element = numbering.of(argument[index]);
    const { add, remove, seenFirst, seenLast, inBy, outFrom } = elements;
    if (inBy[element] > call[index] || outFrom[element] < ret[index]) continue;
    const about = [add, remove, seenFirst, seenLast].map((list) => list[element]).filter((other) => other !== NONE);
    return wrong(columns, "was not found while it was inside all the time", [...new Set([...about, index])], index);
  }
  return null;
}

function neverAdded(columns: Columns, witness: number): Conflict {
  return wrong(columns, "was seen, and nobody had added it", [witness], witness);
}

function wrong(columns: Columns, what: string, operations: readonly number[], witness: number): Conflict {
  const element = shown(columns.values.value(columns.argument[witness]));
  return {
    verdict: "violated",
    message: `${element} ${what} (${columns.processes[columns.process[witness]]}'s ${columns.names[columns.name[witness]]})`,
    operations: [...operations].sort((a, b) => a - b),
    at: columns.ret[witness],
  };
}
