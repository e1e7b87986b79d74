import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario, times } from "../harness/scenario.ts";
import { SharedBytes } from "../primitives/shared-bytes.ts";

/** A name tag in shared memory that several processes write, and one reads now and then: plain bytes, no single step. */
interface Office {
  readonly writers: number;
}

const NAMES = ["ada", "bob", "cyd"];

/** One copy at a time under control: what is read is always whole, and only the data race tells that this is luck. */
const nameIsWhole: Property = {
  name: "name-is-whole",
  claim: "whoever reads the tag reads a name that somebody wrote",
  check: ({ operations }) => {
    const torn = operations.find(
      ({ operation, result }) => operation === "read" && !["", ...NAMES].includes(result as string),
    );
    return torn === undefined
      ? null
      : { message: `${torn.process} read ${JSON.stringify(torn.result)}`, operations: [torn.id] };
  },
};

const tag = {
  input: fc.record({ writers: fc.integer({ min: 1, max: 3 }) }),
  shared: () => ({ tag: new SharedBytes(8) }),
  processes: ({ writers }: Office) => [...times(writers, "writer"), "reader"],
  properties: [nameIsWhole],
};

export const nameTagUnlocked = scenario(import.meta.url, {
  ...tag,
  name: "name-tag-unlocked",
  description: "a name tag of plain bytes, written and read without a lock: a data race, whatever was read",
  roles: {
    writer({ tag }, p) {
      tag.value = Buffer.from(NAMES[p.number]);
    },
    async reader({ tag }, p) {
      await p.operation("read", () => Buffer.from(tag.value).toString());
    },
  },
  violates: ["no-data-race"],
});

export const nameTagLocked = scenario(import.meta.url, {
  ...tag,
  name: "name-tag-locked",
  description: "the same with its lock held around each write and each read: no data race",
  roles: {
    async writer({ tag }, p) {
      using _ = await tag.hold();
      tag.value = Buffer.from(NAMES[p.number]);
    },
    async reader({ tag }, p) {
      using _ = await tag.hold();
      await p.operation("read", () => Buffer.from(tag.value).toString());
    },
  },
});
