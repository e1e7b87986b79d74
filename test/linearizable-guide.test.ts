import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { check, type Scenario } from "../index.ts";
import { formatResult } from "../reports/index.ts";

const ROOT = new URL("..", import.meta.url);
const GUIDE = readFileSync(fileURLToPath(new URL("docs/linearizable.md", ROOT)), "utf8");

test("the stack of docs/linearizable.md fails as the guide shows it, the times aside", async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(GUIDE)!;
  const folder = mkdtempSync(join(tmpdir(), "forkcheck-guide-"));
  try {
    const file = join(folder, "stack.ts");
    writeFileSync(
      file,
      code.replaceAll(/from "forkcheck(\/?\w*)"/g, (_, entry: string) => `from "${sourceOf(entry)}"`),
    );
    const { stack } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { stack: Scenario };
    const result = await check(stack, { seed: 1 });
    const printed = formatResult({ ...result, scenario: "stack" }, { colour: false, columns: 80, runsMax: 1000 });
    const shown = /<!-- failure -->\n```\n([\s\S]*?)\n?```/.exec(GUIDE)![1];
    expect(timeless(shown)).toBe(timeless(printed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function sourceOf(entry: string): string {
  return new URL(entry === "" ? "index.ts" : `${entry.slice(1)}/index.ts`, ROOT).href;
}

/** Without how long it took, where lines break because of that, and the token, which holds the name of a folder's scenario. */
function timeless(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\d.]+ (ms|s)\b/g, "TIME")
    .replaceAll(/fc1:\S+/g, "TOKEN");
}
