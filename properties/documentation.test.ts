import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { documentedMakers, makers } from "./fixtures/property-names.ts";
import * as properties from "./index.ts";

/**
 * Runs the examples of docs/properties.md: each prints what the comment below its last line says. Types are taken out by the
 * same means by which tests are run, so that what a reader copies is what was run.
 */
const text = readFileSync(fileURLToPath(new URL("../docs/properties.md", import.meta.url)), "utf8");
const examples = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

test("the guide has a model and a property of one's own", () => expect(examples).toHaveLength(2));

test.each(examples.map((code) => [/const (\w+)/.exec(code)![1], code]))(
  "the example %s prints what it says",
  (_, code) => {
    const expected = /\n\/\/ (.*)\n$/.exec(code)![1];
    const printed: string[] = [];
    const script = code.replace(/^import .*$/gm, "").replace(/const (\w+): [\w<>]+ =/g, "const $1 =");
    const run = new Function("console", ...Object.keys(properties), script);
    run({ log: (...values: unknown[]) => printed.push(values.map(String).join(" ")) }, ...Object.values(properties));
    expect(printed).toEqual([expected]);
  },
);

test("the guide lists everything that makes a property", () => {
  expect(makers()).toContain("boundedWaiting");
  expect(documentedMakers()).toEqual(makers());
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(makers()));
});
