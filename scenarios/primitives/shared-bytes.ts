import fc from "fast-check";
import { scenario, times } from "../../harness/scenario.ts";
import { SharedBytes } from "../../primitives/shared-bytes.ts";
import type { Claim } from "./claim.ts";

export const sharedBytesWhole = scenario(import.meta.url, sharedBytesAreWhole(SharedBytes));

/** What was read under the lock is what was written under it, stays so, and was copied: it does not change afterwards. */
export function sharedBytesAreWhole(
  type: new (length: number) => SharedBytes,
): Claim<{ writers: number }, { bytes: SharedBytes }> {
  return {
    name: "shared-bytes-whole",
    description:
      "several processes write names of different lengths and read them back, each for as long as it holds them",
    input: fc.record({ writers: fc.integer({ min: 2, max: 3 }) }),
    shared: () => ({ bytes: new type(8) }),
    processes: ({ writers }) => times(writers, "writer"),
    roles: {
      async writer({ bytes }, p) {
        const name = "abc"[p.index].repeat(2 + p.draw(fc.nat(5)));
        const hold = await bytes.hold();
        bytes.value = Buffer.from(name);
        const first = bytes.value;
        await p.step("look again", () => {});
        expectName(bytes.value, name);
        hold[Symbol.dispose]();
        await p.step("look at the copy", () => {});
        expectName(first, name);
      },
    },
    properties: [],
  };
}

function expectName(bytes: Uint8Array, name: string): void {
  const found = Buffer.from(bytes).toString("latin1");
  if (found !== name) throw new Error(`${JSON.stringify(found)} is there, where ${JSON.stringify(name)} was written`);
}
