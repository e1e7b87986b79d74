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
  const open = new Holds(columns);
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
        if (taken > permits) return crowd(columns, permits, open, position);
      }
    } else {
      const [count = 1] = argumentsOf(columns, index);
      if (typeof count !== "number") return unknown("a release of something else than a number of permits");
      if (event >= 0) {
        taken -= count;
        for (let permit = 0; permit < count; permit += 1) open.giveBack(index, process[index]);
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

/** One hold more than there are permits; and one more for each permit that a release may have brought that nobody had taken. */
function crowd(columns: Columns, permits: number, open: Holds, at: number): Finding {
  const held = open.held();
  const brought = [...new Set(open.brought)];
  const namesOf = (rows: readonly number[]): string =>
    listed(rows.map((index) => columns.processes[columns.process[index]]));
  const more = brought.length === 0 ? "" : `, and ${open.brought.length} more by what ${namesOf(brought)} released`;
  const message = `${namesOf(held)} held a permit at once, and there ${permits === 1 ? "is" : "are"} ${counted(permits, "permit")}${more}`;
  return { verdict: "violated", message, operations: [...held, ...brought], at };
}

/** Which acquires still hold, for the witness: a release gives back what its own process took last, else what was taken first. */
class Holds {
  readonly #byProcess: number[][];
  readonly #given: Uint8Array;
  readonly #order: number[] = [];
  /** Releases with nothing to give back, one for each permit. */
  readonly brought: number[] = [];
  #first = 0;

  constructor({ processes, count }: Columns) {
    this.#byProcess = Array.from(processes, () => []);
    this.#given = new Uint8Array(count);
  }

  take(index: number, process: number): void {
    this.#byProcess[process].push(index);
    this.#order.push(index);
  }

  giveBack(release: number, process: number): void {
    const index = this.#lastOf(this.#byProcess[process]) ?? this.#firstOfAll();
    if (index === undefined) this.brought.push(release);
    else this.#given[index] = 1;
  }

  held(): number[] {
    return this.#order.slice(this.#first).filter((index) => this.#given[index] === 0);
  }

  #lastOf(taken: number[]): number | undefined {
    let index = taken.pop();
    while (index !== undefined && this.#given[index] === 1) index = taken.pop();
    return index;
  }

  #firstOfAll(): number | undefined {
    while (this.#first < this.#order.length && this.#given[this.#order[this.#first]] === 1) this.#first += 1;
    return this.#order[this.#first];
  }
}
