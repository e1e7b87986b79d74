import { describe, expect, test } from "vitest";
import { PROCESS_CLAIMS } from "../fixtures/process-claims.ts";
import * as mutants from "./mutants.ts";
import { Process } from "./process.ts";

describe("a seeded bug of Process is found", () => {
  test.each(Object.entries(mutants))("%s", async (_name, mutant) => {
    const broken: string[] = [];
    for (const { claim, holds } of PROCESS_CLAIMS) {
      try {
        await holds(mutant);
      } catch {
        broken.push(claim);
        break;
      }
    }
    expect(broken).toHaveLength(1);
  });
});

describe("a process", () => {
  test.each(PROCESS_CLAIMS)("$claim", ({ holds }) => holds(Process));
});
