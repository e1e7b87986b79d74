import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Checker } from "../harness/check.ts";
import type { Result } from "../harness/result.ts";
import type { Scenario } from "../harness/scenario.ts";

/** The token of the ticket rush's race, after one edit of its file or another: what `replay` then says. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCE = readFileSync(join(ROOT, "scenarios/ticket-rush.ts"), "utf8")
  .replaceAll('from "../', `from "${ROOT}`)
  .replace(
    'from "fast-check"',
    `from "${pathToFileURL(join(ROOT, "node_modules/fast-check/lib/fast-check.js")).href}"`,
  );

const folder = mkdtempSync(join(tmpdir(), "forkcheck-edit-"));
const checker = new Checker();
let token = "";

beforeAll(async () => {
  const result = await checker.check(await edited(), { seed: 1 });
  if (result.counterexample === undefined) throw new Error(`The race was not found: ${result.verdict}`);
  token = result.counterexample.token;
});
afterAll(async () => {
  await checker[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

describe("after an unrelated edit a token replays:", () => {
  const body = "const left = stock.get();";
  const roles = "roles: {";
  const audit = 'async auditor({ stock }, p) { await p.operation("audit", async () => stock.get()); },';
  const processes = 'times(buyers, "buyer")';
  const buy = 'await p.operation("buy"';
  test.each<[string, number, [from: string, to: string][]]>([
    ["nothing", 6, []],
    ["a comment, and lines moved", 6, [[body, `// How many are left?\n\n\n${body}`]]],
    ["another function", 6, [["const sold", "export const twice = (n: number): number => 2 * n;\nconst sold"]]],
    ["a line of log before the race", 6, [[body, `console.log("here");\n${body}`]]],
    ["a line of log in the race", 6, [[body, `${body}\nconsole.log(left);`]]],
    [
      "an operation in another process",
      7,
      [
        [processes, `[...${processes}, "auditor"]`],
        [roles, `${roles} ${audit}`],
      ],
    ],
    ["an operation before the race", 8, [[buy, `await p.operation("look", async () => stock.get());\n${buy}`]]],
    ["a step of another kind before it", 8, [[buy, `await p.step("open the shop", () => 1);\n${buy}`]]],
    ["the step that the token names, once more before it", 10, [[buy, `stock.set(stock.get());\n${buy}`]]],
    [
      "the operation called otherwise",
      6,
      [
        ['operation: "buy"', 'operation: "purchase"'],
        ['p.operation("buy"', 'p.operation("purchase"'],
      ],
    ],
    [
      "the role called otherwise",
      6,
      [
        [processes, 'times(buyers, "customer")'],
        ["async buyer(", "async customer("],
      ],
    ],
    ["the scenario called otherwise", 6, [['"ticket-rush-unsafe"', '"ticket-rush"']]],
    [
      "its input out of the generator's range",
      6,
      [
        ["{ min: 1, max: 3 }", "{ min: 2, max: 3 }"],
        ["{ min: 2, max: 5 }", "{ min: 3, max: 5 }"],
      ],
    ],
  ])("%s", async (_edit, steps, edits) => {
    const result = await replayed(edits);
    expect(result).toMatchObject({ verdict: "fail", message: "2 tickets sold, 1 in stock", notes: [] });
    expect(result.counterexample?.steps).toBe(steps);
  });

  test("the property called otherwise: it fails by that name", async () => {
    const result = await replayed([["properties: [sold]", 'properties: [{ ...sold, name: "stock-suffices" }]']]);
    expect(result).toMatchObject({ verdict: "fail", property: "stock-suffices" });
  });
});

describe("after an edit that matters a token", () => {
  test("that goes on to a failure shows it, and says from which step on the program differs", async () => {
    const result = await replayed([["stock.set(left - 1);", 'throw new Error("no stock");']]);
    expect(result).toMatchObject({ verdict: "fail", property: "no-uncaught-error" });
    expect(result.notes).toEqual([
      "the program differs from the one that the token is of: at step 4 buyer 1 is to move up to a certain step, " +
        "and has ended without it: its last one was step 3, 'buy'",
    ]);
  });

  test("says that nothing fails any more where the race is mended", async () => {
    const { verdict, notes } = await replayed([
      ["({ stock: new Value(tickets) })", "({ stock: new Value(tickets), lock: new Lock() })"],
      ["buyer({ stock }, p)", "buyer({ stock, lock }, p)"],
      ["const left = stock.get();", "await lock.acquire();\nconst left = stock.get();"],
      ['return "sold out"', 'return lock.release(), "sold out"'],
      ['return "bought"', 'return lock.release(), "bought"'],
    ]);
    expect(verdict).toBe("pass");
    expect(notes).toEqual(["the run went as its token says, switch by switch, and nothing fails"]);
  });

  test.each<[string, string, [from: string, to: string][]]>([
    [
      "without the step that the token names",
      "at step 5 buyer 1 is to move up to a certain step, and has ended without it: its last one was step 4, 'buy'",
      [["stock.set(left - 1);", "stock.add(-1);"]],
    ],
    [
      "with another process in the first one's place",
      "at step 3 auditor is to move up to a certain step, and has ended without it: its last one was step 2, 'audit'",
      [
        ['times(buyers, "buyer")', '["auditor", ...times(buyers, "buyer")]'],
        ["roles: {", 'roles: { async auditor({ stock }, p) { await p.operation("audit", async () => stock.get()); },'],
      ],
    ],
    [
      "with fewer processes",
      "at step 3 process number 2 is to move, and with this input there is only buyer",
      [["times(buyers,", "times(buyers - 1,"]],
    ],
    [
      "with another form of input",
      'its input is none for it: `processes` returned 0 processes for the input {"tickets":1,"buyers":2}. Return a list of 1 to 64 roles',
      [
        ["buyers: fc", "people: fc"],
        ["({ buyers }) => times(buyers,", "({ people: buyers }) => times(buyers,"],
      ],
    ],
  ])("no longer fits a program %s", async (_edit, difference, edits) => {
    const result = await replayed(edits);
    expect(result).toMatchObject({ verdict: "error", property: expect.stringMatching(/^token/) });
    expect(result.message).toBe(
      `the token no longer fits the program, which was changed since: ${difference}. Go back to the version that ` +
        "the token was found with, or find the failure anew: forkcheck run ticket-rush-unsafe",
    );
  });
});

async function replayed(edits: readonly (readonly [from: string, to: string])[]): Promise<Result> {
  return checker.replay(await edited(edits), token);
}

let versions = 0;

/** The scenario in a file of its own, the first occurrence of each text replaced. */
async function edited(edits: readonly (readonly [from: string, to: string])[] = []): Promise<Scenario> {
  let text = SOURCE;
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`The scenario's file has no ${JSON.stringify(from)} any more.`);
    text = text.replace(from, () => to);
  }
  const file = join(folder, `version-${versions++}.ts`);
  writeFileSync(file, text);
  const module = (await import(pathToFileURL(file).href)) as { ticketRushUnsafe: Scenario };
  return module.ticketRushUnsafe;
}
