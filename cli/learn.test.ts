import { expect, test } from "vitest";
import { LESSONS } from "../scenarios/lessons/index.ts";
import { runCommandLine } from "./command-line.ts";
import { capture } from "./fixtures/capture.ts";
import { languageOf } from "./learn.ts";

test("--list names all lessons, with the scenarios that they are about, at 80 columns", async () => {
  const { stdout, status } = await capture(() => runCommandLine(["learn", "--list", "--lang", "en"]));
  expect(status).toBe(0);
  expect(stdout).toContain("value-increment → value-add");
  expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  for (const { name } of LESSONS) {
    expect(stdout).toMatch(new RegExp(`^${name} `, "m"));
  }
});

test("a lesson whose choices are given plays them, and shows the failure, the repair and the proof", async () => {
  const args = ["learn", "value", "--choices", "1,2,1,1", "--lang", "en"];
  const { stdout, status } = await capture(() => runCommandLine(args));
  const order = [
    "What can go wrong?",
    "You are the scheduler",
    "You broke it: 2 adds made 1.",
    "The smallest failure",
    "Nothing smaller fails",
    "total.add(1);",
    "The proof",
    "✓ forkcheck executed every order of these steps that can make a difference: 2, and all hold.",
    "Next: forkcheck learn ticket-rush",
  ];
  const places = order.map((text) => stdout.replaceAll(/\s+/g, " ").indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  expect(
    Math.max(...stdout.split("\n").map((line) => (line.includes("npx forkcheck replay") ? 0 : line.length))),
  ).toBeLessThanOrEqual(80);
  expect(status).toBe(0);
});

test("in Chinese, and as JSON with the run that was played", async () => {
  const chinese = await capture(() => runCommandLine(["learn", "value-increment", "--lang", "zh"]));
  expect(chinese.stdout).toContain("第 2 课，共 11 课");
  expect(chinese.stdout.replaceAll("\n", "")).toContain("这叫“丢失更新”");
  const { stdout } = await capture(() => runCommandLine(["learn", "value", "--choices", "1", "--json"]));
  expect(JSON.parse(stdout)).toMatchObject({
    lesson: "value",
    played: { violation: null, choices: [] },
    wrong: { verdict: "fail", property: "every-add-counts" },
    right: { verdict: "pass", exhaustive: true },
  });
});

test("a lesson that is not there is refused with what there is", async () => {
  const { stderr, status } = await capture(() => runCommandLine(["learn", "ticket-rushh"]));
  expect(stderr).toMatch(/There is no lesson "ticket-rushh"\. Did you mean ticket-rush\? The lessons are: palaces, /);
  expect(status).toBe(2);
});

test("the language is that of the locale", () => {
  expect(languageOf({ LANG: "zh_CN.UTF-8" })).toBe("zh");
  expect(languageOf({ LANG: "zh_CN.UTF-8", LC_ALL: "C.UTF-8" })).toBe("en");
  expect(languageOf({ LANG: "de_DE.UTF-8", LC_ALL: "" })).toBe("en");
  expect(languageOf({})).toBe("en");
});
