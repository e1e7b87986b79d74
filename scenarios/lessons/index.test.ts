import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { LANGUAGES } from "../../reports/index.ts";
import { SCENARIOS } from "../index.ts";
import { LESSONS } from "./index.ts";

test("the lessons have names of their own, and both of their versions are checked by verify", () => {
  expect(LESSONS.map(({ name }) => name)).toEqual(
    "palaces value ticket-rush ticket-rush-file ktv traffic-light producer-consumer chefs pipe-hello pipe-eof pipe-contention".split(
      " ",
    ),
  );
  for (const { wrong, right } of LESSONS) {
    expect(SCENARIOS).toContain(wrong);
    expect(SCENARIOS).toContain(right);
    expect(wrong.violates).not.toEqual([]);
    expect(right.violates).toBeUndefined();
  }
});

test("every program that is taught is there by its name", () => {
  const names =
    "palaces palaces-locked ticket-rush-unsafe ticket-rush-locked ktv ktv-unlimited traffic-light " +
    "traffic-light-ignored-wait producer-consumer producer-consumer-one-sentinel chefs chefs-without-task-done " +
    "pipe-hello pipe-eof pipe-eof-unmanaged pipe-contention pipe-contention-locked value-increment value-add";
  expect(LESSONS.flatMap(({ wrong, right }) => [wrong.name, right.name])).toEqual(
    expect.arrayContaining(names.split(" ")),
  );
});

describe.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))("the lesson %s", (_, lesson) => {
  test("shows code that stands in the file of its scenarios, line by line", () => {
    const source = readFileSync(fileURLToPath(lesson.wrong.moduleUrl), "utf8").split("\n");
    const known = new Set(source.map((line) => line.trim()));
    for (const code of [lesson.code, lesson.repairedCode]) {
      expect(code.split("\n").filter((line) => line.trim() !== "" && !known.has(line.trim()))).toEqual([]);
    }
  });

  test("says all that it says in each language", () => {
    const { title, story, question, hint, found, repair, proved } = lesson;
    for (const text of [title, story, question, hint, found, repair, proved]) {
      for (const language of LANGUAGES) expect(text[language].length).toBeGreaterThan(3);
      expect(text.zh).toMatch(/\p{Script=Han}/u);
      expect(text.en).not.toMatch(/\p{Script=Han}/u);
    }
  });
});
