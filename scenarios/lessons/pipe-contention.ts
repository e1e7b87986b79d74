import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { pipeContention, pipeContentionLocked } from "../pipe-contention.ts";

export const pipeContentionLesson: Lesson = {
  name: "pipe-contention",
  wrong: pipeContention as unknown as Scenario,
  right: pipeContentionLocked as unknown as Scenario,
  input: { writers: 2, letters: 1 },
  preemptions: 1,
  title: {
    en: "Ann's envelope, Bob's sheet",
    zh: "安的信封，鲍勃的信纸",
  },
  story: {
    en: "Two writers send letters into the same end of a pipe. A letter is two messages: an envelope with a name, then the sheet.",
    zh: "两个人往管道的同一端寄信。一封信是两条消息：先是写着名字的信封，再是信纸。",
  },
  code: `
async function write(into: Connection<string>, from: string, text: string): Promise<void> {
  await into.send(from);
  await into.send(text);
}
`,
  question: {
    en: "What may come between an envelope and its sheet?",
    zh: "信封和信纸之间，可能会插进什么？",
  },
  hint: {
    en: "Let one writer send the envelope. Then let the other one send, before the sheet.",
    zh: "先让一个人寄出信封；在他寄信纸之前，让另一个人寄。",
  },
  found: {
    en: "Each `send` is whole, but the letter is not: it is two of them, and another writer fits in between. Where a message itself is a header and a body, the same tears the bytes.",
    zh: "每次 `send` 都是完整的，信却不是：它由两次发送组成，中间容得下另一个人。如果一条消息本身就是“头部加正文”，那么同样的事会把字节撕碎。",
  },
  repairedCode: `
await lock.acquire();
try {
  await write(into, from, text);
} finally {
  lock.release();
}
`,
  repair: {
    en: "A lock around each letter makes one of the two sends. A pipe with a lock at each end: that is a queue.",
    zh: "给每封信加一把锁，两次发送就成了一个整体。管道两端各加一把锁，就是一个队列。",
  },
  proved: {
    en: "Every letter arrives whole.",
    zh: "每封信都完整地到达。",
  },
};
