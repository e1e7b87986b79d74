import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../index.ts";
import { hastyLatch, latch } from "./fixtures/latch.ts";

const guide = readFileSync(new URL("../docs/writing-a-primitive.md", import.meta.url), "utf8");
const source = readFileSync(new URL("./fixtures/latch.ts", import.meta.url), "utf8");

test("the code of the guide is the code of the example, whole", () => {
  for (const part of ["latch", "scenario", "mistake"]) {
    const shown = new RegExp(`<!-- ${part} -->\n\`\`\`ts\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? "";
    expect(shown.trim().length).toBeGreaterThan(100);
    expect(source).toContain(shown.trim());
  }
});

test("the latch of the guide holds in every order of its steps, for two workers", async () => {
  const result = await check(latch, { exhaustive: true, inputs: [{ workers: 2 }] });
  expect(result).toMatchObject({ verdict: "pass", exhaustive: true });
});

test("its mutant is caught: somebody waits for ever", async () => {
  const { verdict, property, counterexample } = await check(hastyLatch, { seed: 1 });
  expect({ verdict, property }).toEqual({ verdict: "fail", property: "no-deadlock" });
  expect(counterexample?.input).toEqual({ workers: 2 });
});
