import { readdirSync, readFileSync } from "node:fs";
import { type HelperMode, transformSync } from "oxc-transform";
import { expect, test } from "vitest";
import * as primitives from "./index.ts";

// What the documentation shows is run: the examples of docs/primitives.md, and those in the comments of this folder. A line
// `expression; // value` is an assertion; words behind the value explain it.

const USING_CONTEXT: string = "@oxc-project/runtime/helpers/usingCtx";
// What `using` becomes on a Node that does not know it; its module has no types.
const { default: usingCtx } = (await import(USING_CONTEXT)) as { default: unknown };

const here = new URL("./", import.meta.url);
const page = readFileSync(new URL("../docs/primitives.md", here), "utf8");
const onPage = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => ({ name: "docs/primitives.md", code }));
const inComments = ["./", "./memory/"]
  .flatMap((folder) => readdirSync(new URL(folder, here)).map((file) => folder + file))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .flatMap((file) =>
    [...readFileSync(new URL(file, here), "utf8").matchAll(/@example\n(.*?)\*\//gs)].map(([, code]) => ({
      name: `primitives/${file.slice(2)}`,
      code: code.replaceAll(/^\s*\* ?/gm, ""),
    })),
  );

test.each([...onPage, ...inComments])("an example in $name is true: $code", async ({ code }) => {
  const typescript = code
    .replaceAll(/^import .*$/gm, "")
    .split("\n")
    .map(asserting)
    .join("\n");
  const { code: javascript, errors } = transformSync("example.ts", `async () => {${typescript}\n}`, {
    target: "es2022",
    helpers: { mode: "External" as unknown as HelperMode },
  });
  expect(errors).toEqual([]);
  const scope = { ...primitives, ...surroundings(), babelHelpers: { usingCtx }, expect };
  const run = new Function(...Object.keys(scope), `return ${javascript}`) as (
    ...scope: unknown[]
  ) => () => Promise<void>;
  await run(...Object.values(scope))();
});

test("every block of the page is run, and each but the import says what comes of it", () => {
  expect(onPage).toHaveLength([...page.matchAll(/^```/gm)].length / 2);
  const silent = onPage.filter(({ code }) => !code.split("\n").some((line) => asserting(line).includes("expect(")));
  expect(silent.map(({ code }) => code)).toEqual([
    'import { Lock, Process, Queue, Value } from "forkcheck/primitives";\n',
  ]);
});

/** What some examples take for granted. */
function surroundings(): Record<string, unknown> {
  return { region: primitives.Region.create("example", 4096), meta: { url: import.meta.url } };
}

function asserting(line: string): string {
  const found = /^(\s*)(?!const |let |import |for |await using |using |\/\/)(.+); \/\/ (.+)$/.exec(line);
  if (found === null) return line.replaceAll("import.meta", "meta");
  const [, indent, expression, comment] = found;
  const value = valueOf(comment);
  return value === null ? line : `${indent}expect(${expression.replaceAll("import.meta", "meta")}).toEqual(${value});`;
}

/** The longest beginning of a comment that is an expression. */
function valueOf(comment: string): string | null {
  const ends = [comment.length, ...[...comment.matchAll(/[,:] /g)].map(({ index }) => index).toReversed()];
  for (const end of ends) {
    const text = comment.slice(0, end);
    if (/^(?:true|false|null|-?\d+n?|-?\d+\.\d+|".*"|\{.*\}|\[.*\]|\w+\.of\(.*\))$/.test(text)) return text;
  }
  return null;
}
