import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { ticketRushUnsafe, ticketRushLocked } from "../ticket-rush.ts";

export const ticketRushLesson: Lesson = {
  name: "ticket-rush",
  wrong: ticketRushUnsafe as unknown as Scenario,
  right: ticketRushLocked as unknown as Scenario,
  input: { tickets: 1, buyers: 2 },
  title: {
    en: "The ticket that was sold twice",
    zh: "一张票，卖了两次",
  },
  story: {
    en: "One ticket, two buyers. Each buyer looks how many tickets are left, thinks about it, and writes one less.",
    zh: "一张票，两个买家。每个买家先看还剩几张，想一想，再写回少一张的数目。",
  },
  code: `
const left = stock.get();
if (left === 0) return "sold out";
await p.think(THINK_MS);
stock.set(left - 1);
return "bought";
`,
  question: {
    en: "Can both of them buy the one ticket?",
    zh: "这一张票，会不会两个人都买到？",
  },
  hint: {
    en: "What a buyer has read grows old while it thinks. Let the other one go ahead just then.",
    zh: "买家思考的时候，他读到的数目正在过时。就在这时，让另一个先走。",
  },
  found: {
    en: "This is called check-then-act: between the check and the act the world has moved on. The buyer acts on what was true a moment ago, and the ticket is sold twice.",
    zh: "这叫“先检查，后行动”：检查和行动之间，世界已经变了。买家依据的是片刻之前的事实，于是一张票卖了两次。",
  },
  repairedCode: `
await lock.acquire();
try {
  const left = stock.get();
  if (left === 0) return "sold out";
  await p.think(THINK_MS);
  stock.set(left - 1);
  return "bought";
} finally {
  lock.release();
}
`,
  repair: {
    en: "The lock keeps the check and the act together. `finally` gives it back even if something goes wrong in between.",
    zh: "锁把检查和行动绑在一起。即使中途出错，`finally` 也会把锁还回去。",
  },
  proved: {
    en: "Never more tickets are sold than there were.",
    zh: "卖出的票，永远不会比原有的多。",
  },
};
