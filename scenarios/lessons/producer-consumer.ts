import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { producerConsumerOneSentinel, producerConsumer } from "../producer-consumer.ts";

export const producerConsumerLesson: Lesson = {
  name: "producer-consumer",
  wrong: producerConsumerOneSentinel as unknown as Scenario,
  right: producerConsumer as unknown as Scenario,
  input: { producers: 1, buns: 1 },
  preemptions: 1,
  title: {
    en: "One note for two readers",
    zh: "一张纸条，两个读者",
  },
  story: {
    en: "A baker puts buns into a queue, and two consumers eat them until they find a note that says 'done'. When the baker has gone, main writes the note. One note.",
    zh: "师傅把包子放进队列，两个顾客从队列里取来吃，直到取到一张写着“done”的纸条。师傅走了以后，main 来写纸条。只写一张。",
  },
  code: `
export const producerConsumerOneSentinel = scenario(import.meta.url, {
  roles: {
    main: (shared, p) => closeUp(shared, p, 1),
`,
  question: {
    en: "Who finds the note? And what does the other one do?",
    zh: "纸条会被谁取到？另一个又怎么办？",
  },
  hint: {
    en: "You need no luck here: play any order to its end, and look who is left.",
    zh: "这里不需要运气：随便按什么顺序走到底，看看谁还留在那里。",
  },
  found: {
    en: "A note in a queue is an item like any other: whoever takes it has it, and the other consumer waits for ever. Every process did what it should; only the counting was wrong.",
    zh: "队列里的纸条和别的东西没有两样：谁取走就是谁的，另一个顾客只能永远等下去。每个进程都做对了自己的事，错的只是数目。",
  },
  repairedCode: `
export const producerConsumer = scenario(import.meta.url, {
  roles: {
    main: (shared, p) => closeUp(shared, p, CONSUMERS),
`,
  repair: {
    en: "One note for each consumer, and only after the last bun: then no bun can be behind a note.",
    zh: "每个顾客一张纸条，而且要等最后一个包子放好以后再写：这样就不会有包子排在纸条后面。",
  },
  proved: {
    en: "All is eaten exactly once, and everybody goes home.",
    zh: "每个包子恰好被吃一次，人人都能回家。",
  },
};
