import { Checker } from "../harness/check.ts";
import { formatResult } from "../reports/index.ts";
import { endOnSignal } from "./ending.ts";
import { terminalLayout } from "./layout.ts";
import { STATUS } from "./status.ts";
import { scenarioOf } from "./targets.ts";

/** `forkcheck demo`: a ticket is sold twice, and why; then the same with a lock. Always ends with status 0 if it worked. */
export async function demo(): Promise<number> {
  await using checker = new Checker();
  using _ending = endOnSignal();
  const layout = terminalLayout();
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);

  say(
    "Some buyers, fewer tickets. Each buyer is a process of its own. It looks how\nmany tickets are left, thinks, and writes one less:\n",
  );
  say(UNSAFE);
  say("What can go wrong? forkcheck runs the processes in one order after the other.\n");
  const wrong = await checker.check(scenarioOf("ticket-rush-unsafe"), { runs: RUNS, seed: 1 });
  say(formatResult(wrong, { ...layout, runsMax: RUNS }));
  say("\nThe repair is a lock around the three steps:\n");
  say(LOCKED);
  const right = await checker.check(scenarioOf("ticket-rush-locked"), { runs: RUNS, seed: 1 });
  say(formatResult(right, { ...layout, runsMax: RUNS }));
  say("\nNext: `npx forkcheck list` shows more scenarios, the README how to\nwrite your own.");
  return wrong.verdict === "fail" && right.verdict === "pass" ? STATUS.holds : STATUS.couldNotWork;
}

const RUNS = 2000;

const UNSAFE = `    const left = stock.get();
    if (left === 0) return "sold out";
    await p.think(1000);
    stock.set(left - 1);
    return "bought";
`;

const LOCKED = `    await lock.acquire();
    try {
      ...
    } finally {
      lock.release();
    }
`;
