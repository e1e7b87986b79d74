import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { pipeEofUnmanaged, pipeEof } from "../pipe.ts";

export const pipeEofLesson: Lesson = {
  name: "pipe-eof",
  wrong: pipeEofUnmanaged as unknown as Scenario,
  right: pipeEof as unknown as Scenario,
  input: {},
  preemptions: 2,
  title: {
    en: "The end that I hold myself",
    zh: "攥在自己手里的那一端",
  },
  story: {
    en: "A forked child inherits what its parent has open: from then on both processes hold both ends of the pipe. Main sends 'hello' and closes. The child receives until it is told that there is no more.",
    zh: "fork 出来的子进程会继承父进程打开的一切：从这一刻起，两个进程都握着管道的两端。main 发出 “hello”，然后关闭。子进程一直收，直到被告知没有更多了。",
  },
  code: `
async child({ mainEnd, childEnd, fork }) {
  await inherit(fork, mainEnd, childEnd);
  await receiveUntilTheEnd(childEnd);
},
`,
  question: {
    en: "The end comes when the last holder of the other end has closed it. Who is the last one?",
    zh: "对端的最后一个持有者关闭之后，才算结束。那最后一个持有者是谁？",
  },
  hint: {
    en: "No order helps. Play to the end, and look what the child waits for.",
    zh: "什么顺序都没有用。走到底，看看子进程在等什么。",
  },
  found: {
    en: "The child has a copy of main's end, and never closes it. So it waits for an end that it holds off itself. No error is printed; it just never ends.",
    zh: "子进程手里也有一份 main 那一端，却从来没有关。于是它在等一个被自己拦住的结束。屏幕上没有任何报错，程序只是永远不会停。",
  },
  repairedCode: `
async child({ mainEnd, childEnd, fork }) {
  await inherit(fork, mainEnd, childEnd);
  mainEnd.close();
  await receiveUntilTheEnd(childEnd);
},
`,
  repair: {
    en: "Each process first of all closes the end that it does not use.",
    zh: "每个进程要做的第一件事，就是关掉自己不用的那一端。",
  },
  proved: {
    en: "The child gets every message, and then the end.",
    zh: "子进程收到全部消息，然后收到结束。",
  },
};
