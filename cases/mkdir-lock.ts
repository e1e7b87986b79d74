import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { mutualExclusion } from "../properties/mutual-exclusion.ts";

/** What the lock files of packages stand on, without any handling of locks that were left behind. */
export const mkdirLock = scenario(import.meta.url, {
  name: "mkdir-lock",
  description: "a lock by fs.mkdir and fs.rmdir: processes take it several times each",
  input: fc.record({
    holders: fc.integer({ min: 2, max: 3 }),
    sections: fc.integer({ min: 1, max: 2 }),
    insideMs: fc.constantFrom(0, 10),
  }),
  examples: [{ holders: 2, sections: 2, insideMs: 0 }],
  load: () => import("./mkdir-lock/lock.ts"),
  processes: ({ holders }) => times(holders, "holder"),
  roles: {
    async holder(_shared, p, { acquire, release }) {
      for (let section = 0; section < p.input.sections; section++) {
        await acquire("lock");
        await p.critical("lock", p.input.insideMs);
        await release("lock");
      }
    },
  },
  properties: [mutualExclusion({ operation: "lock" })],
});
