import type { Language, Text } from "./language.ts";

/** What the terminal and the page say around a lesson, in each language. `{}` stands for a number or a name. */
export const words = {
  lesson: { en: "Lesson {} of {}", zh: "第 {} 课，共 {} 课" },
  code: { en: "The code", zh: "代码" },
  question: { en: "What can go wrong?", zh: "哪里会出错？" },
  youSchedule: { en: "You are the scheduler", zh: "现在你来调度" },
  play: {
    en: "These are real runs: choose who moves, and try to break it.",
    zh: "这是真实的运行：由你决定下一步轮到谁。试着把它弄坏。",
  },
  playRepaired: { en: "Now try to break the repaired version.", zh: "现在，试着把修好的版本弄坏。" },
  whoMoves: { en: "Who moves next?", zh: "下一步，谁走？" },
  onlyOne: { en: "Where only one can move, it moves by itself.", zh: "如果只有一个能走，它会自己走。" },
  preempts: { en: "interrupts", zh: "打断" },
  undo: { en: "back", zh: "退一步" },
  again: { en: "from the start", zh: "重来" },
  hint: { en: "hint", zh: "提示" },
  goOn: { en: "go on", zh: "继续" },
  leave: { en: "leave", zh: "离开" },
  enter: { en: "Enter", zh: "回车" },
  press: { en: "Press {} to go on.", zh: "按{}继续。" },
  broken: { en: "You broke it: {}.", zh: "你把它弄坏了：{}。" },
  held: { en: "This run held. Another order may not.", zh: "这一次没有出错。换个顺序，就未必了。" },
  heldRepaired: { en: "It held. It always will.", zh: "没有出错。以后也不会。" },
  heldSearched: {
    en: "It held, as did every order that forkcheck executed.",
    zh: "没有出错。forkcheck 执行过的所有顺序也都没有出错。",
  },
  forEver: { en: "{} {}, for ever", zh: "{}：{}，永远等下去" },
  start: { en: "Nobody has moved yet.", zh: "谁都还没有动。" },
  smallest: { en: "The smallest failure", zh: "最小的失败" },
  searching: { en: "forkcheck looks for it …", zh: "forkcheck 正在寻找……" },
  found: { en: "What happened", zh: "发生了什么" },
  repair: { en: "The repair", zh: "修复" },
  proof: { en: "The proof", zh: "证明" },
  proved: {
    en: "forkcheck executed every order of these steps that can make a difference: {}, and all hold.",
    zh: "forkcheck 把所有可能有影响的步骤顺序都执行了一遍：共 {} 种，全部成立。",
  },
  provedBounded: {
    en: "forkcheck executed every order in which processes are interrupted at most {}: {}, and all hold. Beyond that there are too many to execute while you wait.",
    zh: "forkcheck 把进程至多被打断{}的所有顺序都执行了一遍：共 {} 种，全部成立。打断次数再多，顺序就多得等不及执行完了。",
  },
  notFinished: { en: "It held in {} runs; not all were executed.", zh: "执行了 {} 次，都成立；但没有穷尽所有顺序。" },
  once: { en: "once", zh: " 1 次" },
  twice: { en: "twice", zh: " 2 次" },
  times: { en: "{} times", zh: " {} 次" },
  whole: {
    en: "This page has every order there is: {} positions, each from a real run.",
    zh: "本页包含所有可能的顺序：共 {} 个局面，每一个都来自真实的运行。",
  },
  partly: {
    en: "Grey ways were not followed: there are more orders than fit on a page. In a terminal you can play every one of them: forkcheck learn {}.",
    zh: "灰色的走法没有收录：顺序太多，一页装不下。在终端里，任何一种都可以走：forkcheck learn {}。",
  },
  notFollowed: { en: "not in this page", zh: "本页未收录" },
  replayLike: {
    en: "Its replay may take steps that have nothing to do with each other in another order.",
    zh: "重放时，互不相干的步骤先后可能不同。",
  },
  reveal: { en: "Show me the smallest failure", zh: "看看最小的失败" },
  lessons: { en: "Lessons", zh: "课程" },
  previous: { en: "Previous lesson", zh: "上一课" },
  next: { en: "Next lesson", zh: "下一课" },
  nextLesson: { en: "Next: forkcheck learn {}", zh: "下一课：forkcheck learn {}" },
  last: {
    en: "That was the last lesson. Write a scenario of your own: the README says how.",
    zh: "这是最后一课。接下来，写一个你自己的场景吧：README 里有说明。",
  },
  replay: { en: "Replay", zh: "重放" },
  process: { en: "process", zh: "进程" },
  step: { en: "step", zh: "步骤" },
  theme: { en: "Theme", zh: "主题" },
  system: { en: "system", zh: "跟随系统" },
  light: { en: "light", zh: "浅色" },
  dark: { en: "dark", zh: "深色" },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof words;

/** Says something in a language. */
export type Say = (word: Word, ...fill: readonly (string | number)[]) => string;

export function speaker(language: Language): Say {
  return (word, ...fill) => {
    let next = 0;
    return words[word][language].replaceAll("{}", () => String(fill[next++] ?? ""));
  };
}

/** What of a repaired version was executed. */
export interface Proof {
  readonly holds: boolean;
  readonly runs: number;
  readonly exhaustive: boolean;
  /** Processes were interrupted at most so often; null if all orders were executed. */
  readonly preemptions: number | null;
}

/** What a proof says, and no more than that. */
export function sayProof(say: Say, { exhaustive, runs, preemptions }: Proof): string {
  if (!exhaustive) return say("notFinished", runs);
  return preemptions === null ? say("proved", runs) : say("provedBounded", sayTimes(say, preemptions), runs);
}

/** "once", "twice", "3 times". */
function sayTimes(say: Say, times: number): string {
  return times === 1 ? say("once") : times === 2 ? say("twice") : say("times", times);
}
