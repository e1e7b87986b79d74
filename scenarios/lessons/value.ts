import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { valueIncrement, valueAdd } from "../value.ts";

export const valueLesson: Lesson = {
  name: "value",
  wrong: valueIncrement as unknown as Scenario,
  right: valueAdd as unknown as Scenario,
  input: { adders: 2, times: 1 },
  title: {
    en: "One line, two steps",
    zh: "一行代码，两个步骤",
  },
  story: {
    en: "Two processes count in one shared number. The line that counts looks like one step.",
    zh: "两个进程共用一个计数器。负责计数的那一行，看起来只有一步。",
  },
  code: `
await p.operation("count", () => {
  total.value += 1;
});
`,
  question: {
    en: "Each of the two adds one. Can the total be one?",
    zh: "两个进程各加一次一，总数有没有可能是一？",
  },
  hint: {
    en: "To add is to read and then to write. Let both read before either writes.",
    zh: "“加”是先读后写。让两个进程都读完，再让它们写。",
  },
  found: {
    en: "Both read 0, and both write 1. The second write covers the first: a lost update. The line is short, and still another process fits into it.",
    zh: "两个都读到 0，又都写下 1：后写的盖住了先写的，这叫“丢失更新”。这一行再短，中间也容得下另一个进程。",
  },
  repairedCode: `
await p.operation("count", () => {
  total.add(1);
});
`,
  repair: {
    en: "`add` reads and writes in one atomic step. Nothing fits in between, and nobody needs to wait.",
    zh: "`add` 把读和写合成一个原子步骤：中间插不进任何人，也不需要谁等谁。",
  },
  proved: {
    en: "Every add counts.",
    zh: "每一次加，都算数。",
  },
};
