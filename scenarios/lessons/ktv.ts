import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { ktvUnlimited, ktv } from "../ktv.ts";

export const ktvLesson: Lesson = {
  name: "ktv",
  wrong: ktvUnlimited as unknown as Scenario,
  right: ktv as unknown as Scenario,
  input: { rooms: 1, guests: 2 },
  title: {
    en: "More guests than rooms",
    zh: "客人比包间多",
  },
  story: {
    en: "A karaoke bar with one room, and two guests who want to sing. Each goes in, sings and leaves.",
    zh: "一家 KTV，只有一个包间；两位客人都想唱歌。各自进去，唱歌，出来。",
  },
  code: `
async guest(_shared, p) {
  await p.operation("sing", () => sing(p));
},

async function sing(p: RoleContext): Promise<void> {
  await p.step("enter", () => {});
  await p.think(SONG_MS);
  await p.step("leave", () => {});
}
`,
  question: {
    en: "What keeps the second guest out while the first one sings?",
    zh: "第一位在唱的时候，是什么把第二位挡在外面？",
  },
  hint: {
    en: "Let one guest enter. Then let the other one enter, too.",
    zh: "让一位进去，再让另一位也进去。",
  },
  found: {
    en: "Nothing does. Nobody counts the rooms, so more guests sing than there is room for.",
    zh: "什么也没有。没有人在数包间，所以唱歌的人会比包间多。",
  },
  repairedCode: `
async guest({ rooms }, p) {
  await rooms.acquire();
  try {
    await p.operation("sing", () => sing(p));
  } finally {
    rooms.release();
  }
},
`,
  repair: {
    en: "A semaphore counts what is free: `acquire` takes a room, or waits for one, and `release` gives it back. A lock is a semaphore that counts to one.",
    zh: "信号量数的是还剩多少：`acquire` 占一个包间，没有就等；`release` 把它还回来。锁，就是只数到一的信号量。",
  },
  proved: {
    en: "Never more guests sing than there are rooms.",
    zh: "唱歌的客人，永远不会比包间多。",
  },
};
