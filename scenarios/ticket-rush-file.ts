import { closeSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import fc from "fast-check";
import { scenario, times, type FolderView, type RoleContext } from "../harness/scenario.ts";
import { Lock } from "../primitives/lock.ts";
import { noLostUpdate } from "../properties/no-lost-update.ts";
import { noOversell } from "../properties/no-oversell.ts";

/**
 * The ticket rush as tutorials have it: the stock is the file `db`, {"ticket":2}, and ten buyers first search (open, parse,
 * print), then buy (open, parse, think, take one off, think, open for writing, which empties the file, and write).
 */
const DB = "db";

/** How long a buyer may think, in milliseconds, at each of the two places. */
const THINK_MS = 1000;

const crowd = {
  input: fc.record({ tickets: fc.constant(2), buyers: fc.integer({ min: 2, max: 10 }) }),
  examples: [{ tickets: 2, buyers: 10 }],
  files: ({ tickets }: Crowd) => ({ [DB]: JSON.stringify({ ticket: tickets }) }),
  processes: ({ buyers }: Crowd) => times(buyers, "buyer"),
  final: (_shared: object, folder: FolderView) => ({ left: ticketsIn(folder.read(DB) ?? "") }),
  properties: [
    noOversell({ operation: "buy", stock: (input: Crowd) => input.tickets }),
    noLostUpdate({
      operation: "buy",
      stock: (input: Crowd) => input.tickets,
      left: (final: { left: number }) => final.left,
    }),
  ],
};

interface Crowd {
  readonly tickets: number;
  readonly buyers: number;
}

export const ticketRushFileUnsafe = scenario(import.meta.url, {
  ...crowd,
  name: "ticket-rush-file-unsafe",
  description: "the same in a file, without a lock: oversells, loses updates, and readers find it empty",
  roles: {
    async buyer(_shared, p) {
      await search(p);
      await p.operation("buy", () => buy(p, overwrite));
    },
  },
  violates: ["no-oversell", "no-lost-update", "no-uncaught-error"],
});

export const ticketRushFileLocked = scenario(import.meta.url, {
  ...crowd,
  name: "ticket-rush-file-locked",
  description: "buying under a lock, searching not: the count is right, and readers still find the file empty",
  shared: () => ({ lock: new Lock() }),
  roles: {
    async buyer({ lock }, p) {
      await search(p);
      await p.operation("buy", () => buyUnderLock(lock, p, overwrite));
    },
  },
  violates: ["no-uncaught-error"],
});

export const ticketRushFileFixed = scenario(import.meta.url, {
  ...crowd,
  name: "ticket-rush-file-fixed",
  description: "under a lock, and the new file takes the old one's place in one step: right for buyers and readers",
  shared: () => ({ lock: new Lock() }),
  roles: {
    async buyer({ lock }, p) {
      await search(p);
      await p.operation("buy", () => buyUnderLock(lock, p, replace));
    },
  },
});

async function search(p: RoleContext<Crowd>): Promise<void> {
  await p.operation("search", async () => {
    const left = await readTickets(p);
    console.log(`${left} left`);
    return left;
  });
}

async function buy(p: RoleContext<Crowd>, save: Save): Promise<"bought" | "sold out"> {
  const left = await readTickets(p);
  await p.think(THINK_MS);
  if (left === 0) return "sold out";
  await p.think(THINK_MS);
  await save(p, JSON.stringify({ ticket: left - 1 }));
  console.log("bought");
  return "bought";
}

async function buyUnderLock(lock: Lock, p: RoleContext<Crowd>, save: Save): Promise<"bought" | "sold out"> {
  await lock.acquire();
  try {
    return await buy(p, save);
  } finally {
    lock.release();
  }
}

async function readTickets(p: RoleContext<Crowd>): Promise<number> {
  return ticketsIn(await p.step("read db", { reads: DB }, () => readFileSync(DB, "utf8")));
}

type Save = (p: RoleContext<Crowd>, text: string) => Promise<void>;

/** What `writeFile` and Python's `open(name, "w")` do: two steps, and in between the file is empty. */
async function overwrite(p: RoleContext<Crowd>, text: string): Promise<void> {
  let fd = -1;
  await p.step("empty db", { writes: DB }, () => {
    fd = openSync(DB, "w");
  });
  await p.step("write db", { writes: DB }, () => {
    writeSync(fd, text);
    closeSync(fd);
  });
}

/** Readers see the old file or the new one, whole: rename(2) is atomic. */
async function replace(p: RoleContext<Crowd>, text: string): Promise<void> {
  const next = `${DB}.${p.index}`;
  await p.step("write the new file", { writes: next }, () => writeFileSync(next, text));
  await p.step("rename it to db", { writes: DB }, () => renameSync(next, DB));
}

function ticketsIn(text: string): number {
  return (JSON.parse(text) as { ticket: number }).ticket;
}
