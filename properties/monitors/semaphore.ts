import { argumentsOf, type Columns, eventsOf, NEVER } from "../columns.ts";
import { LOCK_NAMES, rolesIn } from "../vocabulary.ts";
import { counted, listed } from "../wording.ts";
import { type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * A semaphore that starts with `permits` and, if it is bounded, never has more than `most`. At every moment acquires returned
 * minus permits of releases called must stay within `permits`: if they do, every acquire can take effect at its return and every
 * release at its call. Of a bounded one, permits of releases returned minus acquires called must stay within
 * `most - permits`; that is sound, and the two together are complete only while no release forces an acquire that is still
 * open. Refusals are only partly covered, too. Linear.
 */
export function semaphoreMonitor(permits: number, most: number): Monitor {
  return { name: "semaphore monitor", decides: true, check: (columns) => check(columns, permits, most) };
}

function check(columns: Columns, permits: number, most: number): Finding {
  const { call, ret, process, name, threw, result, values } = columns;
  const roles = rolesIn(columns, LOCK_NAMES);
  const refusal = values.code(false);
  const open = new Holds(columns.processes.length);
  let taken = 0; // acquires returned - permits of releases called
  let surplus = 0; // permits of releases returned - acquires called
  let owed = 0; // permits of releases returned - acquires returned
  let forced = false; // whether a release that returned needs an acquire that has not
  let scarceLast = -1; // last position after which all permits may have been taken
  let refusals = false;
  const line = eventsOf(columns);
  for (let position = 0; position < line.length; position += 1) {
    const event = line[position];
    const index = event >= 0 ? event : ~event;
    const role = roles[name[index]];
    if (role === null) return unknown(`"${columns.names[name[index]]}" is no operation of a semaphore`);
    const refused = threw[index] === 1 || (role === "acquire" && ret[index] !== NEVER && result[index] === refusal);
    if (refused) {
      refusals = true;
      if (event < 0 && role === "acquire" && scarceLast < call[index]) {
        const message = `${columns.processes[process[index]]} was refused a permit, and there was one all the time`;
        return { verdict: "violated", message, operations: [index], at: position };
      }
    } else if (role === "acquire") {
      if (event >= 0) surplus -= 1;
      else {
        taken += 1;
        owed -= 1;
        open.take(index, process[index]);
        if (taken > permits) return crowd(columns, permits, open.held(), position);
      }
    } else {
      const [count = 1] = argumentsOf(columns, index);
      if (typeof count !== "number") return unknown("a release of something else than a number of permits");
      if (event >= 0) {
        taken -= count;
        for (let permit = 0; permit < count; permit += 1) open.giveBack(process[index]);
      } else {
        surplus += count;
        owed += count;
        forced ||= owed > most - permits;
        if (surplus > most - permits) {
          const message = `${columns.processes[process[index]]} released a permit that nobody had taken`;
          return { verdict: "violated", message, operations: [index], at: position };
        }
      }
    }
    // The most that can have been taken is what acquires were called for and no release gave back for sure.
    if (-surplus >= permits) scarceLast = position;
  }
  if (forced) return unknown("a release needs an acquire that had not returned");
  return refusals ? unknown("a refusal needs a moment when no permit was free") : HOLDS;
}

function crowd(columns: Columns, permits: number, held: readonly number[], at: number): Finding {
  const operations = held.slice(-permits - 1);
  const names = listed(operations.map((index) => columns.processes[columns.process[index]]));
  const message = `${names} held a permit at once, and there ${permits === 1 ? "is" : "are"} ${counted(permits, "permit")}`;
  return { verdict: "violated", message, operations, at };
}

/** Which acquires still hold, for the witness: a release gives back what its own process took last, else what was taken first. */
class Holds {
  readonly #byProcess: number[][];
  readonly #given = new Set<number>();
  readonly #order: number[] = [];
  #first = 0;

  constructor(processes: number) {
    this.#byProcess = Array.from({ length: processes }, () => []);
  }

  take(index: number, process: number): void {
    this.#byProcess[process].push(index);
    this.#order.push(index);
  }

  giveBack(process: number): void {
    const mine = this.#byProcess[process];
    for (let index = mine.pop(); index !== undefined; index = mine.pop()) {
      if (this.#given.has(index)) continue;
      this.#given.add(index);
      this.#skip();
      return;
    }
    if (this.#first < this.#order.length) this.#given.add(this.#order[this.#first]);
    this.#skip();
  }

  held(): number[] {
    return this.#order.slice(this.#first).filter((index) => !this.#given.has(index));
  }

  #skip(): void {
    while (this.#first < this.#order.length && this.#given.delete(this.#order[this.#first])) this.#first += 1;
  }
}
