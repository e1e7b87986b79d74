import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../cli/command-line.ts";

const GUIDE = readFileSync(fileURLToPath(new URL("../docs/ci.md", import.meta.url)), "utf8");

describe("each command of the guide to CI", () => {
  const commands = [...GUIDE.matchAll(/npx forkcheck ([^\n`]+)/g)]
    .map(([, words]) => words.replaceAll(/\$\{\{ (?:matrix\.shard|github\.run_number) \}\}/g, "1").split(" > ")[0])
    .filter((words) => !words.startsWith("replay"));

  test.each(commands)("is one that forkcheck understands: %s", async (words) => {
    // Nothing is where it is looked for, so all that is refused is a file or a scenario that is not there.
    const messages: string[] = [];
    const { write } = process.stderr;
    process.stderr.write = (text) => messages.push(String(text)) > 0;
    try {
      const args = words.split(" ").map((word) => word.replace("races-*.json", "not-there.json"));
      const named = args[0] === "run" ? [...args, "no-such-scenario"] : args;
      expect(await runCommandLine(named)).toBe(2);
    } finally {
      process.stderr.write = write;
    }
    expect(messages.join("")).toMatch(/could not be read|There is no scenario "no-such-scenario"/);
  });
});
