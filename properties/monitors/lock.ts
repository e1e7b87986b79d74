import { type Columns, eventsOf, NEVER } from "../columns.ts";
import { LOCK_NAMES, rolesIn } from "../vocabulary.ts";
import { type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A lock with an owner. An acquire certainly holds from its return to the call of its release; if no two such holds overlap,
 * and nobody releases what it does not hold, then every acquire can take effect at its return and every release at its
 * call, and that order explains everything. Refused tries are only partly covered: a refusal is certainly wrong if
 * nobody can have held the lock at any moment of the try. Linear.
 */
export const lockMonitor: Monitor = { name: "lock monitor", decides: true, check };

function check(columns: Columns): Finding {
  const { call, ret, process, name, threw, result, values } = columns;
  const roles = rolesIn(columns, LOCK_NAMES);
  const refusal = values.code(false);
  const who = (index: number): string => columns.processes[process[index]];
  const open = new Int32Array(columns.processes.length).fill(-1);
  /** The acquire by which a process certainly holds the lock. */
  const holds = new Int32Array(columns.processes.length).fill(-1);
  /** Releases by processes that certainly held nothing when they called. */
  const baseless = new Set<number>();
  let holder = -1;
  let possible = 0;
  let heldLast = -1;
  let refusals = false;
  const line = eventsOf(columns);
  for (let position = 0; position < line.length; position += 1) {
    const event = line[position];
    const index = event >= 0 ? event : ~event;
    const role = roles[name[index]];
    const owner = process[index];
    if (role === null) return unknown(`"${columns.names[name[index]]}" is no operation of a lock`);
    const refused = threw[index] === 1 || (role === "acquire" && ret[index] !== NEVER && result[index] === refusal);
    if (event >= 0) {
      if (open[owner] !== -1) return unknown(`${who(index)} has two operations open at once`);
      open[owner] = index;
      if (role === "acquire" && !refused) possible += 1;
      if (role === "release" && !refused) {
        if (holds[owner] === -1) baseless.add(index);
        else if (holder === holds[owner]) holder = -1;
        holds[owner] = -1;
      }
    } else {
      open[owner] = -1;
      if (refused) {
        refusals = true;
        if (role === "release") {
          if (holds[owner] === -1) continue;
          const operations = [holds[owner], index];
          return {
            verdict: "violated",
            message: `${who(index)} held the lock, and was refused to release it`,
            operations,
            at: position,
          };
        }
        if (possible === 0 && heldLast < call[index]) {
          const message = `${who(index)} was refused the lock, and nobody can have held it meanwhile`;
          return { verdict: "violated", message, operations: [index], at: position };
        }
      } else if (role === "acquire") {
        if (holder !== -1) {
          const message =
            process[holder] === owner
              ? `${who(index)} got the lock twice without releasing it`
              : `${who(holder)} and ${who(index)} both held the lock`;
          return { verdict: "violated", message, operations: [holder, index], at: position };
        }
        holder = index;
        holds[owner] = index;
      } else {
        if (baseless.has(index)) {
          const message = `${who(index)} released the lock without holding it`;
          return { verdict: "violated", message, operations: [index], at: position };
        }
        possible -= 1;
      }
    }
    if (possible > 0) heldLast = position;
  }
  return refusals ? unknown("a refused try needs a moment when the lock was held") : HOLDS;
}
