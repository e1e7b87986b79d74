import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const README = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

test("the code in the README's first lines is the code of that scenario", () => {
  const source = readFileSync(fileURLToPath(new URL("../scenarios/ticket-rush.ts", import.meta.url)), "utf8");
  for (const line of [
    "const left = stock.get();",
    'if (left === 0) return "sold out";',
    "stock.set(left - 1);",
    'return "bought";',
  ]) {
    expect(README).toContain(line);
    expect(source).toContain(line);
  }
});
