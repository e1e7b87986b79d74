import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { pipeHelloTwice, pipeHello } from "../pipe.ts";

export const pipeHelloLesson: Lesson = {
  name: "pipe-hello",
  wrong: pipeHelloTwice as unknown as Scenario,
  right: pipeHello as unknown as Scenario,
  input: {},
  title: {
    en: "One word, heard twice",
    zh: "只说一句，却等两句",
  },
  story: {
    en: "The smallest conversation there is: the child sends one message through a pipe, and main receives. Here main receives twice.",
    zh: "最短的对话：子进程通过管道发一条消息，main 来收。只是这里的 main 收了两次。",
  },
  code: `
async main({ mainEnd }) {
  console.log(await mainEnd.recv());
  console.log(await mainEnd.recv());
},
async child({ childEnd }) {
  await childEnd.send("hello");
},
`,
  question: {
    en: "One message is sent, and two are waited for. What becomes of the second `recv`?",
    zh: "只发了一条，却要收两条。第二个 `recv` 会怎样？",
  },
  hint: {
    en: "The order makes no difference. Play to the end, and look who is left.",
    zh: "顺序无关紧要。走到底，看看谁还留在那里。",
  },
  found: {
    en: "The second `recv` waits for something that nobody will send. A pipe does not know how much there is to come; it has to be agreed on, or the end has to be told.",
    zh: "第二个 `recv` 在等一条没有人会发的消息。管道并不知道还有多少要来：要么事先约好，要么明说“到此为止”。",
  },
  repairedCode: `
async main({ mainEnd }) {
  console.log(await mainEnd.recv());
},
async child({ childEnd }) {
  await childEnd.send("hello");
  childEnd.close();
},
`,
  repair: {
    en: "Receive as often as is sent. And close an end when you are done: then whoever still waits is told that nothing more will come.",
    zh: "发几条，就收几条。用完以后把自己这一端关上：这样，还在等的人会得知不会再有了。",
  },
  proved: {
    en: "What was sent is received, and nobody is left waiting.",
    zh: "发出的都收到了，没有人被留下空等。",
  },
};
