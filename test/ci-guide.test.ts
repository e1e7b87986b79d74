import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runCommandLine } from "../cli/command-line.ts";
import { capture } from "../cli/fixtures/capture.ts";

const GUIDE = readFileSync(fileURLToPath(new URL("../docs/ci.md", import.meta.url)), "utf8");

describe("each command of the guide to CI", () => {
  const commands = [...GUIDE.matchAll(/npx forkcheck ([^\n`]+)/g)]
    .map(([, words]) => words.replaceAll(/\$\{\{ (?:matrix\.shard|github\.run_number) \}\}/g, "1").split(" > ")[0])
    .filter((words) => !words.startsWith("replay"));

  test.each(commands)("is one that forkcheck understands: %s", async (words) => {
    // Nothing is where it is looked for, so all that is refused is a file or a scenario that is not there.
    const args = words.split(" ").map((word) => word.replace("races-*.json", "not-there.json"));
    const named = args[0] === "run" ? [...args, "no-such-scenario"] : args;
    const { status, stderr } = await capture(() => runCommandLine(named));
    expect(status).toBe(2);
    expect(stderr).toMatch(/could not be read|There is no scenario "no-such-scenario"/);
  });
});
