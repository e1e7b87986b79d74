import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { palaces, palacesLocked } from "../palaces.ts";

export const palacesLesson: Lesson = {
  name: "palaces",
  wrong: palaces as unknown as Scenario,
  right: palacesLocked as unknown as Scenario,
  input: { palaces: 2 },
  title: {
    en: "Twelve palaces: work that interleaves",
    zh: "十二宫：交错的脚步",
  },
  story: {
    en: "Each saint is a process: it starts its fight, fights for a while, and has passed its palace. Nobody waits for anybody. Two of the twelve are enough to see what happens.",
    zh: "每位圣斗士都是一个进程：开战，打上一阵，然后过宫。谁也不等谁。十二位里只要两位，就足以看清会发生什么。",
  },
  code: `
async saint(_shared, p) {
  await p.operation("palace", () => pass(p));
},

async function pass(p: RoleContext): Promise<void> {
  await p.step("start", () => console.log("start"));
  await p.think(FIGHT_MS);
  await p.step("pass", () => console.log("passed"));
}
`,
  question: {
    en: "Can a second fight begin before the first one is over?",
    zh: "第一场战斗还没打完，第二场会不会已经开始？",
  },
  hint: {
    en: "Let one saint start. Then let the other one start before the first has passed.",
    zh: "先让一位开战；趁他还没过宫，让另一位也开战。",
  },
  found: {
    en: "Nothing is broken here, and that is the point: without a lock, processes interleave between any two steps, in any order. Wrong is only whoever relies on 'one at a time'.",
    zh: "这里其实什么都没有坏，而这正是要点：没有锁，进程可以在任意两步之间、以任意顺序交错。错的只是那些指望“一次一个”的代码。",
  },
  repairedCode: `
async saint({ lock }, p) {
  await lock.acquire();
  try {
    await p.operation("palace", () => pass(p));
  } finally {
    lock.release();
  }
},
`,
  repair: {
    en: "The lock makes a critical section of the fight: whoever has it is inside, all others wait. Who gets it next is still open; a lock promises no order.",
    zh: "有了锁，战斗就成了临界区：拿到锁的在里面，其余的在外面等。下一个轮到谁，仍然没有定数：锁不承诺顺序。",
  },
  proved: {
    en: "Between a start and its pass there is no other start.",
    zh: "从开战到过宫，中间不会再有别人开战。",
  },
};
