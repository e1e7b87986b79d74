import { expect, test } from "vitest";
import { speaker, words, type Word } from "./words.ts";

test("all that stands around a lesson is said in each language, with the same gaps", () => {
  for (const [word, { en, zh }] of Object.entries(words)) {
    expect([word, zh]).toEqual([word, expect.stringMatching(/\p{Script=Han}|^\{\}/u)]);
    expect([word, en]).toEqual([word, expect.not.stringMatching(/\p{Script=Han}/u)]);
    expect([word, zh.split("{}").length]).toEqual([word, en.split("{}").length]);
    expect(speaker("zh")(word as Word, 1, 2)).not.toContain("{}");
  }
});
