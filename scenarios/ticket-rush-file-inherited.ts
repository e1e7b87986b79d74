import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import fc from "fast-check";
import type { History } from "../harness/history.ts";
import type { Property } from "../harness/property.ts";
import { scenario, type FolderView, type RoleContext } from "../harness/scenario.ts";
import { Lock } from "../primitives/lock.ts";
import { Value } from "../primitives/value.ts";
import { noOversell } from "../properties/no-oversell.ts";

/**
 * The ticket rush in a file under a lock, where a buyer may die at any step: also between emptying the file and writing it. What
 * the file is going to say is put down beforehand in shared memory, which outlives who wrote it. So the next owner of the
 * lock, who is told that the last one died, can make the file whole.
 */
const DB = "db";
const TICKETS = 2;

interface Shared {
  readonly lock: Lock;
  /** Tickets left as the file says, or is about to say. */
  readonly planned: Value;
}

export const ticketRushFileInherited = scenario(import.meta.url, {
  name: "ticket-rush-file-inherited",
  description: "buying under a lock, and a buyer dies at any step: the next owner is told, and the file is whole",
  input: fc.constant({}),
  files: () => ({ [DB]: textOf(TICKETS) }),
  shared: () => ({ lock: new Lock(), planned: new Value("int32", TICKETS, { lock: false }) }),
  processes: () => ["buyer", "buyer"],
  roles: {
    async buyer(shared, p) {
      shared.lock.acquireSync();
      if (shared.lock.lastOwnerDied) await p.operation("repair", () => repair(shared, p));
      await p.operation("buy", () => buy(shared, p));
      shared.lock.release();
    },
  },
  final: ({ planned }, folder: FolderView) => ({ text: folder.read(DB) ?? "", planned: planned.get() }),
  properties: [noOversell({ operation: "buy", stock: () => TICKETS }), heirIsTold(), fileIsWhole()],
  survives: ["kill"],
});

async function buy({ planned }: Shared, p: RoleContext<object>): Promise<"bought" | "sold out"> {
  const text = await p.step("read db", { reads: DB }, () => readFileSync(DB, "utf8"));
  const left = (JSON.parse(text) as { ticket: number }).ticket;
  if (left === 0) return "sold out";
  planned.set(left - 1);
  await overwrite(p, left - 1);
  return "bought";
}

/** The file may be empty, old or new; what was planned is what it says from now on. */
async function repair({ lock, planned }: Shared, p: RoleContext<object>): Promise<void> {
  await overwrite(p, planned.get());
  lock.markConsistent();
}

async function overwrite(p: RoleContext<object>, left: number): Promise<void> {
  let fd = -1;
  await p.step("empty db", { writes: DB }, () => {
    fd = openSync(DB, "w");
  });
  await p.step("write db", { writes: DB }, () => {
    writeSync(fd, textOf(left));
    closeSync(fd);
  });
}

function textOf(ticket: number): string {
  return JSON.stringify({ ticket });
}

/** Who gets the lock first after somebody died with it repairs, before it does anything else. */
function heirIsTold(): Property {
  return {
    name: "heir-is-told",
    claim: "the next owner of the lock is told that the last one died",
    check({ operations, processes }: History) {
      for (const { process, at } of processes) {
        if (at === undefined) continue;
        const own = operations.filter((operation) => operation.process === process);
        const held = own.some(({ operation, outcome }) => operation === "acquire" && outcome === "returned");
        if (!held || own.some(({ operation }) => operation === "release")) continue;
        const heir = operations.find(
          ({ operation, outcome, returned }) => operation === "acquire" && outcome === "returned" && returned! > at,
        );
        if (heir === undefined) continue;
        const first = operations.find(
          (operation) => operation.process === heir.process && operation.invoked > heir.returned!,
        );
        if (first === undefined || first.operation === "repair") continue;
        return {
          message: `${heir.process} got the lock of ${process}, which had died, and was not told`,
          operations: [heir.id],
        };
      }
      return null;
    },
  };
}

/** The file may be half done only where somebody died with the lock, and nobody got it afterwards. */
function fileIsWhole(): Property {
  return {
    name: "file-is-whole",
    claim: "after the heir has repaired it, the file is whole and says what was sold",
    check({ operations, processes, final }: History) {
      const { text, planned } = final as { text: string; planned: number };
      const acquired = operations.filter(({ operation, outcome }) => operation === "acquire" && outcome === "returned");
      const orphaned = processes.some(
        ({ process, at }) =>
          at !== undefined &&
          acquired.some((acquire) => acquire.process === process) &&
          !operations.some((other) => other.process === process && other.operation === "release") &&
          !acquired.some(({ returned }) => returned! > at),
      );
      if (orphaned) return null;
      if (text !== textOf(planned)) return { message: `the file says ${JSON.stringify(text)}`, operations: [] };
      const buys = operations.filter(({ operation }) => operation === "buy");
      const certain = buys.filter(({ result }) => result === "bought").length;
      const possible = certain + buys.filter(({ outcome }) => outcome === "pending").length;
      const sold = TICKETS - planned;
      if (certain <= sold && sold <= possible) return null;
      return { message: `${certain} to ${possible} tickets were sold, and the file says ${sold}`, operations: [] };
    },
  };
}
