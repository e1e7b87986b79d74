import { type Columns, eventsOf, NEVER } from "../columns.ts";
import { JOINABLE_NAMES, rolesIn } from "../vocabulary.ts";
import { listed } from "../wording.ts";
import { ByReturn } from "./by-return.ts";
import { coveringChain } from "./cover.ts";
import { type Finding, HOLDS, type Monitor, unknown } from "./monitor.ts";

/**
 * The count of a joinable queue, from both sides. A join is certainly wrong if puts returned minus taskDones called was above 0
 * all through it, and a taskDone is if more of them have returned than puts were called. That is sound and not complete:
 * a taskDone that returned may force a put that is still open, which then cannot be late for a join. So the monitor
 * also looks for an order that explains everything, by letting each operation take effect as late as it can, and of
 * several the one first that returns first. It knows the answer if one of the two succeeds. O(n log n).
 */
export const joinableMonitor: Monitor = { name: "joinable monitor", decides: true, check };

function check(columns: Columns): Finding {
  const { call, ret, process, name, threw, result, values } = columns;
  const roles = rolesIn(columns, JOINABLE_NAMES);
  const refusal = values.code(false);
  const line = eventsOf(columns);
  const order = new LatestOrder(columns);
  let least = 0;
  let most = 0;
  let zeroLast = 0;
  let refusals = false;
  for (let position = 0; position < line.length; position += 1) {
    const event = line[position];
    const index = event >= 0 ? event : ~event;
    const role = roles[name[index]];
    if (role === null) return unknown(`"${columns.names[name[index]]}" is no operation of a joinable queue`);
    if (threw[index] === 1 || (role !== "taskDone" && ret[index] !== NEVER && result[index] === refusal)) {
      // A refused put added nothing, whenever that was; the others say something about the count.
      refusals ||= role !== "put";
    } else if (role === "put") {
      if (event >= 0) most += 1;
      else least += 1;
      order.put(event, position);
    } else if (role === "taskDone") {
      if (event >= 0) least -= 1;
      else most -= 1;
      if (most < 0) {
        const message = `${columns.processes[process[index]]} finished a task, and none was unfinished`;
        return { verdict: "violated", message, operations: [index], at: position };
      }
      order.taskDone(event, position);
    } else {
      if (event < 0 && least > 0 && zeroLast < call[index]) return early(columns, roles, index, position);
      order.join(event, position);
    }
    if (least <= 0) zeroLast = position;
  }
  if (order.stuck) return unknown("no order was found that explains every join");
  return refusals ? unknown("a refused join or taskDone says something about the count") : HOLDS;
}

/** An order of the operations so far, each as late as it can be; `stuck` once it has no place for one that returned. */
class LatestOrder {
  stuck = false;
  readonly #ret: Int32Array;
  readonly #call: Int32Array;
  readonly #taken: Uint8Array;
  readonly #puts: ByReturn;
  readonly #dones: ByReturn;
  #count = 0;
  #openJoins = 0;
  #zeroLast = -1;
  #position = 0;

  constructor({ ret, call, count }: Columns) {
    this.#ret = ret;
    this.#call = call;
    this.#taken = new Uint8Array(count);
    this.#puts = new ByReturn(ret);
    this.#dones = new ByReturn(ret);
  }

  put(event: number, position: number): void {
    this.#position = position;
    if (event >= 0) this.#puts.push(event);
    else if (this.#taken[~event] === 0) {
      // The count may never be so low again: joins that are open are served before it rises.
      if (this.#openJoins > 0) this.#reachZero();
      this.#takePut(~event);
    }
  }

  taskDone(event: number, position: number): void {
    this.#position = position;
    if (event >= 0) this.#dones.push(event);
    else if (this.#taken[~event] === 0) {
      if (this.#count === 0) {
        const put = this.#next(this.#puts);
        if (put === -1) this.stuck = true;
        else this.#takePut(put);
      }
      this.#takeDone(~event);
    }
  }

  join(event: number, position: number): void {
    this.#position = position;
    if (event >= 0) {
      this.#openJoins += this.#ret[event] === NEVER ? 0 : 1;
      return;
    }
    this.#openJoins -= 1;
    if (this.#count === 0 || this.#zeroLast >= this.#call[~event]) return;
    this.#reachZero();
    if (this.#zeroLast < this.#call[~event]) this.stuck = true;
  }

  /** Lets open taskDones take effect until nothing is unfinished; leaves everything as it is if there are too few. */
  #reachZero(): void {
    const chosen: number[] = [];
    while (chosen.length < this.#count) {
      const done = this.#next(this.#dones);
      if (done === -1) break;
      this.#taken[done] = 1;
      chosen.push(done);
    }
    if (chosen.length < this.#count) {
      for (const done of chosen) {
        this.#taken[done] = 0;
        this.#dones.push(done);
      }
      return;
    }
    this.#count = 0;
    this.#zeroLast = Math.max(this.#zeroLast, this.#position);
  }

  #takePut(put: number): void {
    this.#taken[put] = 1;
    this.#count += 1;
  }

  #takeDone(done: number): void {
    this.#taken[done] = 1;
    this.#count -= 1;
    if (this.#count === 0) this.#zeroLast = this.#position;
  }

  /** The open operation that returns first and has not taken effect; it is taken out. -1 if there is none. */
  #next(open: ByReturn): number {
    while (open.size > 0) {
      const index = open.pop();
      if (this.#taken[index] === 0) return index;
    }
    return -1;
  }
}

/**
 * The k-th put that returned and the k-th taskDone that was called bound a span in which a task was unfinished for sure, and
 * these spans together are all such moments; the fewest of them that cover the join show that it was too early.
 */
function early(columns: Columns, roles: readonly (string | null)[], join: number, at: number): Finding {
  const puts: number[] = [];
  const dones: number[] = [];
  for (const event of eventsOf(columns)) {
    const index = event >= 0 ? event : ~event;
    if (columns.threw[index] === 1) continue;
    const role = roles[columns.name[index]];
    if (role === "put" && event < 0) puts.push(index);
    if (role === "taskDone" && event >= 0) dones.push(index);
  }
  const chain = coveringChain(
    puts.length,
    (k) => columns.ret[puts[k]],
    (k) => (k < dones.length ? columns.call[dones[k]] : NEVER),
    columns.call[join],
    columns.ret[join] - 1,
  );
  const who = (index: number): string => columns.processes[columns.process[index]];
  const operations = chain.flatMap((k) => (k < dones.length ? [puts[k], dones[k]] : [puts[k]]));
  const putters = listed([...new Set(chain.map((k) => who(puts[k])))]);
  return {
    verdict: "violated",
    message: `${who(join)}'s join returned while a task that ${putters} had put was unfinished all the time`,
    operations: [...operations, join],
    at,
  };
}
