import { type Columns, NEVER } from "../columns.ts";
import { EVENT_NAMES, rolesIn } from "../vocabulary.ts";
import { type Finding, type Monitor, unknown } from "./monitor.ts";

/**
 * Explains a wrong answer of an event by a pair: the flag is certainly clear from the return of a clear (or from the
 * start) until a set is called, if every set that was called before had returned before the clear was called; certainly
 * set the other way round. It looks at the answer that came last, and some wrong answers need more than a pair, so
 * that it decides nothing: the frontier checker does, which for two states is fast. Linear.
 */
export const eventMonitor: Monitor = { name: "event monitor", decides: false, check };

function check(columns: Columns): Finding {
  const { call, ret, name, result, values } = columns;
  const roles = rolesIn(columns, EVENT_NAMES);
  const last = columns.events - 1;
  let answer = -1;
  for (let index = 0; index < columns.count; index += 1) if (ret[index] === last) answer = index;
  const role = answer === -1 ? null : roles[name[answer]];
  if (role !== "isSet" && role !== "wait") return unknown("the last response is no answer of an event");
  const said = values.value(result[answer]) !== false;
  const wanted = said ? "set" : "clear";
  const opposite = said ? "clear" : "set";

  // When everything that could have made the answer right was over, and which of these was the last.
  let over = -1;
  let maker = -1;
  for (let index = 0; index < columns.count; index += 1) {
    if (roles[name[index]] !== wanted || ret[index] <= over) continue;
    over = ret[index]!;
    maker = index;
  }
  if (over === NEVER) return unknown("something that never returned may explain the answer");
  let undone = -1;
  for (let index = 0; index < columns.count; index += 1) {
    if (roles[name[index]] === opposite && call[index] > over && ret[index] < call[answer]) undone = index;
  }
  const who = `${columns.processes[columns.process[answer]]}'s ${columns.names[name[answer]]}`;
  if (undone !== -1) {
    return {
      verdict: "violated",
      message: `${who} answered ${said}, and the event was ${said ? "clear" : "set"} all the time`,
      operations: [...(maker === -1 ? [] : [maker]), undone, answer],
      at: last,
    };
  }
  if (said && maker === -1) {
    return {
      verdict: "violated",
      message: `${who} answered true before anybody set the event`,
      operations: [answer],
      at: last,
    };
  }
  return unknown("no pair of operations explains it");
}
