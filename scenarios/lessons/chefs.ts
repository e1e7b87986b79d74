import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { chefsWithoutTaskDone, chefs } from "../chefs.ts";

export const chefsLesson: Lesson = {
  name: "chefs",
  wrong: chefsWithoutTaskDone as unknown as Scenario,
  right: chefs as unknown as Scenario,
  input: { chefs: 1, dishes: 1, guests: 1 },
  preemptions: 2,
  title: {
    en: "Taken is not eaten",
    zh: "端走，不等于吃完",
  },
  story: {
    en: "A chef cooks, puts the dish on the counter, and stays until all dishes have been eaten: that is what `join` waits for. A guest eats what stands there.",
    zh: "厨师做好菜，放上柜台，要等所有的菜都吃完才下班：`join` 等的就是这个。客人看到菜就吃。",
  },
  code: `
for await (const dish of dishes) {
  await p.operation("eat", [dish], () => p.think(DISH_MS));
  taskDone();
}

guest: (shared, p) => dine(shared, p, () => {}),
`,
  question: {
    en: "How does the counter know that a dish has been eaten?",
    zh: "柜台怎么知道一道菜已经吃完了？",
  },
  hint: {
    en: "Everything is eaten, in any order. Play to the end, and look who still waits, and for what.",
    zh: "不管什么顺序，菜都会吃完。走到底，看看谁还在等，等的又是什么。",
  },
  found: {
    en: "`put` counts up, and `join` waits for zero. Only `taskDone` counts down, and here nobody says it. That the queue is empty does not mean that the work is done.",
    zh: "`put` 把计数加一，`join` 等它归零。能让它减一的只有 `taskDone`，而这里没有人调用。队列空了，不等于活干完了。",
  },
  repairedCode: `
guest: (shared, p) => dine(shared, p, () => shared.dishes.taskDone()),
`,
  repair: {
    en: "Say `taskDone` after the work, not after the taking. Then `join` means what the chef thinks it means.",
    zh: "活干完了再调用 `taskDone`，而不是东西一拿到手就调用。这样，`join` 才是厨师以为的那个意思。",
  },
  proved: {
    en: "The kitchen closes only when every dish has been eaten.",
    zh: "每道菜都吃完了，厨房才关门。",
  },
};
