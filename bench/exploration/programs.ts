import { constant } from "fast-check";
import { scenario, times, type RoleContext, type Scenario } from "../../harness/scenario.ts";
import { Word } from "../../primitives/memory/word.ts";

/**
 * Small programs with one bug each, re-expressed from SCTBench (Thomson, Donaldson and Betts, TOPC 2016) on shared words.
 * In each a `main` process starts the others one by one, and each start is a step to be scheduled; a lock is a word that
 * can be taken only while it is free. A failed assertion is an error that ends the process.
 */
interface Program<Shared extends object> {
  readonly name: string;
  readonly shared: () => Shared;
  /** The others, in the order in which `main` starts them. */
  readonly started: readonly string[];
  readonly roles: Readonly<Record<string, (shared: Shared, p: RoleContext) => void>>;
  /** What `main` goes on to do. */
  readonly main?: (shared: Shared, p: RoleContext) => void;
}

function program<Shared extends object>(options: Program<Shared>): Scenario {
  type All = Shared & { starts: Word[] };
  const roles: Record<string, (shared: All, p: RoleContext) => void> = {
    main(shared, p) {
      for (const start of shared.starts) start.store(1);
      options.main?.(shared, p);
    },
  };
  for (const [role, body] of Object.entries(options.roles)) {
    roles[role] = (shared, p) => {
      p.until(shared.starts[p.index - 1], 1);
      body(shared, p);
    };
  }
  return scenario(import.meta.url, {
    name: options.name,
    input: constant({}),
    shared: (): All => ({ ...options.shared(), starts: words(options.started.length) }),
    processes: () => ["main", ...options.started],
    roles,
    properties: [],
  }) as unknown as Scenario;
}

export const account = program({
  name: "account",
  shared: () => ({ lock: word(), balance: word(1), deposited: word(), withdrawn: word() }),
  started: ["check", "deposit", "withdraw"],
  roles: {
    deposit({ lock, balance, deposited }, p) {
      take(lock, p);
      balance.store(balance.load() + 2);
      deposited.store(1);
      release(lock);
    },
    withdraw({ lock, balance, withdrawn }, p) {
      take(lock, p);
      balance.store(balance.load() - 4);
      withdrawn.store(1);
      release(lock);
    },
    check({ lock, balance, deposited, withdrawn }, p) {
      take(lock, p);
      if (deposited.load() === 1 && withdrawn.load() === 1) holds(balance.load() === 1 - 2 - 4, "the balance adds up");
      release(lock);
    },
  },
});

export const bluetooth = program({
  name: "bluetooth",
  shared: () => ({ lock: word(), pendingIo: word(1), stoppingFlag: word(), stoppingEvent: word(), stopped: word() }),
  started: ["adder"],
  roles: {
    adder(driver, p) {
      if (driver.stoppingFlag.load() === 1) return;
      addPending(driver, p, 1);
      holds(driver.stopped.load() === 0, "the driver is not stopped");
      dropPending(driver, p);
    },
  },
  main(driver, p) {
    driver.stoppingFlag.store(1);
    dropPending(driver, p);
    p.until(driver.stoppingEvent, 1);
    driver.stopped.store(1);
  },
});

export const deadlock01 = program({
  name: "deadlock01",
  shared: () => ({ a: word(), b: word(), counter: word(1) }),
  started: ["forward", "backward"],
  roles: {
    forward: ({ a, b, counter }, p) => nested(a, b, counter, p),
    backward: ({ a, b, counter }, p) => nested(b, a, counter, p),
  },
});

export const lazy01 = program({
  name: "lazy01",
  shared: () => ({ lock: word(), data: word() }),
  started: ["one", "two", "check"],
  roles: {
    one: ({ lock, data }, p) => addLocked(lock, data, 1, p),
    two: ({ lock, data }, p) => addLocked(lock, data, 2, p),
    check({ lock, data }, p) {
      take(lock, p);
      holds(data.load() < 3, "the data stay below 3");
      release(lock);
    },
  },
});

export const reorder3 = reorder(3);
export const reorder5 = reorder(5);

function reorder(processes: number): Scenario {
  return program({
    name: `reorder-${processes}`,
    shared: () => ({ a: word(), b: word() }),
    started: [...times(processes - 1, "setter"), "checker"],
    roles: {
      setter({ a, b }) {
        a.store(1);
        b.store(-1);
      },
      checker({ a, b }) {
        const untouched = a.load() === 0 && b.load() === 0;
        holds(untouched || (a.load() === 1 && b.load() === -1), "both are set, or none");
      },
    },
  });
}

export const stack = program({
  name: "stack",
  shared: () => ({ lock: word(), top: word(), flag: word() }),
  started: ["pusher", "popper"],
  roles: {
    pusher({ lock, top, flag }, p) {
      for (let round = 0; round < STACK_ROUNDS; round++) {
        take(lock, p);
        top.store(top.load() + 1);
        flag.store(1);
        release(lock);
      }
    },
    popper({ lock, top, flag }, p) {
      for (let round = 0; round < STACK_ROUNDS; round++) {
        take(lock, p);
        if (flag.load() === 1) {
          const before = top.load();
          holds(before > 0, "there is something to pop");
          top.store(before - 1);
        }
        release(lock);
      }
    },
  },
});

const STACK_ROUNDS = 5;

export const tokenRing = program({
  name: "token-ring",
  shared: () => ({ lock: word(), x: [word(1), word(2), word(1)], done: words(3) }),
  started: ["first", "second", "third", "checker"],
  roles: {
    first: (ring, p) => hand(ring, p, 0, 1),
    second: (ring, p) => hand(ring, p, 1, 0),
    third: (ring, p) => hand(ring, p, 2, 0),
    checker({ lock, x, done }, p) {
      take(lock, p);
      if (done.every((flag) => flag.load() === 1)) {
        const [x1, x2, x3] = x.map((one) => one.load());
        holds(x1 === x2 && x2 === x3, "the ring agrees");
      }
      release(lock);
    },
  },
});

export const twostage = twoStages(2);
export const twostage20 = twoStages(20);

function twoStages(processes: number): Scenario {
  return program({
    name: processes === 2 ? "twostage" : `twostage-${processes}`,
    shared: () => ({ lock1: word(), lock2: word(), data1: word(), data2: word() }),
    started: [...times(processes - 1, "writer"), "reader"],
    roles: {
      writer({ lock1, lock2, data1, data2 }, p) {
        take(lock1, p);
        data1.store(1);
        release(lock1);
        take(lock2, p);
        data2.store(data1.load() + 1);
        release(lock2);
      },
      reader({ lock1, lock2, data1, data2 }, p) {
        take(lock1, p);
        const first = data1.load();
        release(lock1);
        if (first === 0) return;
        take(lock2, p);
        const second = data2.load();
        release(lock2);
        holds(second === first + 1, "the second stage follows the first");
      },
    },
  });
}

export const wronglock = program({
  name: "wronglock",
  shared: () => ({ right: word(), wrong: word(), data: word() }),
  started: ["reader", ...times(7, "writer")],
  roles: {
    reader({ right, data }, p) {
      take(right, p);
      const before = data.load();
      data.store(data.load() + 1);
      holds(data.load() === before + 1, "nobody else writes");
      release(right);
    },
    writer: ({ wrong, data }, p) => addLocked(wrong, data, 1, p),
  },
});

/**
 * The deque of the THE protocol (Frigo, Leiserson and Randall, PLDI 1998), as CHESS had it: one end for its owner, the
 * other for thieves, who take a lock. Its push looks whether there is room by a test that lets one too many in.
 */
export const workStealQueue = program({
  name: "work-steal-queue",
  shared: () => ({
    lock: word(),
    head: word(),
    tail: word(),
    mask: word(1),
    items: words(QUEUE_ROOM),
    done: words(QUEUE_ITEMS),
    stolen: word(),
  }),
  started: ["thief"],
  roles: {
    thief(queue, p) {
      for (let attempt = 0; attempt < 2; attempt++) {
        take(queue.lock, p);
        const head = queue.head.load();
        queue.head.store(head + 1);
        if (head < queue.tail.load()) finish(queue, queue.items[head & queue.mask.load()].load());
        else queue.head.store(head);
        release(queue.lock);
      }
      queue.stolen.store(1);
    },
  },
  main(queue, p) {
    for (let item = 0; item < QUEUE_ITEMS; item += 2) {
      push(queue, item, p);
      push(queue, item + 1, p);
      pop(queue, p);
    }
    while (pop(queue, p));
    p.until(queue.stolen, 1);
    for (const done of queue.done) holds(done.peek() === 1, "each item is done once");
  },
});

const QUEUE_ITEMS = 4;
const QUEUE_ROOM = 16;

interface Queue {
  readonly lock: Word;
  readonly head: Word;
  readonly tail: Word;
  readonly mask: Word;
  readonly items: Word[];
  readonly done: Word[];
}

function push(queue: Queue, item: number, p: RoleContext): void {
  const tail = queue.tail.load();
  const mask = queue.mask.load();
  if (tail < queue.head.load() + mask + 1) {
    queue.items[tail & mask].store(item);
    queue.tail.store(tail + 1);
    return;
  }
  take(queue.lock, p);
  const head = queue.head.load();
  const count = queue.tail.load() - head;
  const kept = Array.from({ length: count }, (_, index) => queue.items[(head + index) & mask].load());
  queue.mask.store(mask * 2 + 1);
  for (const [index, other] of kept.entries()) queue.items[index].store(other);
  queue.head.store(0);
  queue.items[count].store(item);
  queue.tail.store(count + 1);
  release(queue.lock);
}

function pop(queue: Queue, p: RoleContext): boolean {
  const tail = queue.tail.load() - 1;
  queue.tail.store(tail);
  if (queue.head.load() <= tail) {
    finish(queue, queue.items[tail & queue.mask.load()].load());
    return true;
  }
  queue.tail.store(tail + 1);
  take(queue.lock, p);
  const last = queue.tail.load() - 1;
  queue.tail.store(last);
  const found = queue.head.load() <= last;
  if (found) finish(queue, queue.items[last & queue.mask.load()].load());
  else queue.tail.store(last + 1);
  release(queue.lock);
  return found;
}

function finish(queue: Queue, item: number): void {
  queue.done[item].add(1);
}

interface Driver {
  readonly lock: Word;
  readonly pendingIo: Word;
  readonly stoppingEvent: Word;
}

function addPending(driver: Driver, p: RoleContext, by: number): number {
  take(driver.lock, p);
  const pending = driver.pendingIo.load() + by;
  driver.pendingIo.store(pending);
  release(driver.lock);
  return pending;
}

function dropPending(driver: Driver, p: RoleContext): void {
  if (addPending(driver, p, -1) === 0) driver.stoppingEvent.store(1);
}

function nested(outer: Word, inner: Word, counter: Word, p: RoleContext): void {
  take(outer, p);
  counter.store(counter.load() + 1);
  take(inner, p);
  counter.store(counter.load() - 1);
  release(inner);
  release(outer);
}

function hand(ring: { lock: Word; x: Word[]; done: Word[] }, p: RoleContext, own: number, plus: number): void {
  take(ring.lock, p);
  ring.x[own].store((ring.x[(own + 2) % 3].load() + plus) % 4);
  ring.done[own].store(1);
  release(ring.lock);
}

function addLocked(lock: Word, data: Word, by: number, p: RoleContext): void {
  take(lock, p);
  data.store(data.load() + by);
  release(lock);
}

function take(lock: Word, p: RoleContext): void {
  p.until(lock, 0, 1);
}

function release(lock: Word): void {
  lock.store(0);
}

function holds(condition: boolean, claim: string): void {
  if (!condition) throw new Error(`it does not hold that ${claim}`);
}

function word(initial = 0): Word {
  return Word.allocate("word", initial);
}

function words(count: number): Word[] {
  return Array.from({ length: count }, () => word());
}
