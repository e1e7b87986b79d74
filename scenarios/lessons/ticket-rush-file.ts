import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { ticketRushFileLocked, ticketRushFileFixed } from "../ticket-rush-file.ts";

export const ticketRushFileLesson: Lesson = {
  name: "ticket-rush-file",
  wrong: ticketRushFileLocked as unknown as Scenario,
  right: ticketRushFileFixed as unknown as Scenario,
  input: { tickets: 2, buyers: 2 },
  title: {
    en: "The reader whom the lock forgot",
    zh: "被锁遗忘的读者",
  },
  story: {
    en: "Now the stock is a file. Buying is under a lock, so the count is right. But before it buys, each buyer searches, without the lock: it only reads.",
    zh: "这次库存存在文件里。买票有锁保护，数目不会错。但买票之前，每个买家都要先查询，而查询不加锁：反正只是读一读。",
  },
  code: `
async buyer({ lock }, p) {
  await search(p);
  await p.operation("buy", () => buyUnderLock(lock, p, overwrite));
},

async function overwrite(p: RoleContext<Crowd>, text: string): Promise<void> {
  let fd = -1;
  await p.step("empty db", { writes: DB }, () => {
    fd = openSync(DB, "w");
  });
  await p.step("write db", { writes: DB }, () => {
    writeSync(fd, text);
    closeSync(fd);
  });
}
`,
  question: {
    en: "Whoever writes has the lock. What may somebody find who only reads?",
    zh: "写的人有锁。那只读的人，会读到什么？",
  },
  hint: {
    en: "To open a file for writing empties it. Let the other buyer read at just that moment.",
    zh: "以写方式打开文件，会先把它清空。就在那一刻，让另一个买家来读。",
  },
  found: {
    en: "Between 'empty' and 'write' the file holds nothing, and whoever reads it then finds no JSON in it. The lock keeps writers apart from each other; a reader who does not ask for it is not kept apart from anybody.",
    zh: "在“清空”和“写入”之间，文件是空的，这时来读的人解析不出 JSON。锁只把写的人彼此隔开；不去拿锁的读者，和谁都没有隔开。",
  },
  repairedCode: `
async function replace(p: RoleContext<Crowd>, text: string): Promise<void> {
  const next = \`\${DB}.\${p.index}\`;
  await p.step("write the new file", { writes: next }, () => writeFileSync(next, text));
  await p.step("rename it to db", { writes: DB }, () => renameSync(next, DB));
}
`,
  repair: {
    en: "Write a new file beside the old one, then rename it over the old one: a rename is one step. Readers need no lock for that.",
    zh: "先在旁边写好新文件，再用重命名盖过旧文件：重命名只有一步。这样，读者不需要锁。",
  },
  proved: {
    en: "Whoever reads finds the whole old file or the whole new one.",
    zh: "读到的要么是完整的旧文件，要么是完整的新文件。",
  },
};
