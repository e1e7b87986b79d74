import type { Lesson } from "../../reports/index.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { trafficLightIgnoredWait, trafficLight } from "../traffic-light.ts";

export const trafficLightLesson: Lesson = {
  name: "traffic-light",
  wrong: trafficLightIgnoredWait as unknown as Scenario,
  right: trafficLight as unknown as Scenario,
  input: { phases: 1, cars: 2 },
  title: {
    en: "I waited, so it must be green",
    zh: "我等过了，所以一定是绿灯",
  },
  story: {
    en: "A light and two cars. The light is an event, which is set while it is green. A driver who finds it red waits for the event, but has little patience: after a second the wait gives up.",
    zh: "一盏灯，两辆车。灯是一个事件（event），绿灯时处于“已设置”。司机见到红灯就等，但耐心有限：等满一秒就不等了。",
  },
  code: `
await p.operation("cross", async () => {
  if (!green.isSet) await green.wait({ timeoutMs: PATIENCE_MS });
});
`,
  question: {
    en: "A wait ends in one of two ways. Does the driver know in which?",
    zh: "等待有两种结局。司机知道是哪一种吗？",
  },
  hint: {
    en: "Let the car come while the light is red, and let time pass.",
    zh: "让车在红灯时到来，然后让时间过去。",
  },
  found: {
    en: "`wait` returns true if the event was set, and false if the time was up. Nobody looked at the answer: 'I have waited' was taken for 'it is green', and the car crossed on red.",
    zh: "事件被设置了，`wait` 返回 true；时间到了，返回 false。可是没有人看这个返回值：“我等过了”被当成了“绿灯亮了”，车就闯了红灯。",
  },
  repairedCode: `
await p.operation("cross", async () => {
  if (!green.isSet) await green.wait();
});
`,
  repair: {
    en: "Wait until it is so; or, with a time limit, look at the answer and act on it.",
    zh: "要么一直等到条件成立；要么设了时限，就必须看返回值，并据此行事。",
  },
  proved: {
    en: "No car crosses on red.",
    zh: "没有车闯红灯。",
  },
};
