import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { addCheckHistoryCommand } from "./check-history.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "forkcheck-history-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = `{"process":"p1","operation":"put","object":"orders","args":[1],"invoked":1,"returned":2}
{"process":"c1","operation":"get","object":"orders","result":1,"invoked":3,"returned":4}
`;
const BAD = `${GOOD}{"process":"c2","operation":"get","object":"orders","result":1,"invoked":5,"returned":6}\n`;

test("a history that holds ends with status 0 and one line", async () => {
  expect(await run(GOOD, "--model", "queue")).toEqual({
    status: 0,
    output: "✓ orders (2 operations, queue): some order explains every answer (queue monitor)\n",
  });
});

test("a violation ends with status 1, the sentence, and the operations that show it", async () => {
  const { status, output } = await run(BAD, "--model", "queue");
  expect(status).toBe(1);
  expect(output).toBe(`✗ orders (3 operations, queue): 1 came out twice, to c1 and to c2
         0  p1's put(1)
         1  c1's get() → 1
         2  c2's get() → 1 ← no explanation from here on
`);
});

test("no line is wider than 80 columns, and what the file holds cannot recolour the screen", async () => {
  const long = BAD.replaceAll('"c2"', '"\\u001b[31mthe second consumer of all the orders that come in"').replaceAll(
    '"args":[1]',
    '"args":["an order with so many words that no line holds it"]',
  );
  const { output } = await run(
    long.replaceAll('"result":1', '"result":"an order with so many words that no line holds it"'),
    "--model",
    "queue",
  );
  expect(Math.max(...output.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(output).not.toContain("\u001b");
});

test("--json prints one document with the verdict of each object", async () => {
  const { output } = await run(BAD, "--model", "queue", "--json");
  expect(JSON.parse(output)).toMatchObject({
    model: "queue",
    objects: [{ object: "orders", count: 3, verdict: "violated", operations: [0, 1, 2], at: 2 }],
  });
});

describe("a search that reaches a limit ends with status 3 and is no pass", () => {
  // Eleven writes and a compare-and-set at once: no monitor knows what to do with it.
  const writes = Array.from({ length: 12 }, (_, at) =>
    JSON.stringify({
      ...(at === 11 ? { operation: "cas", args: [50, 51], result: false } : { operation: "write", args: [at] }),
      process: `p${at}`,
      invoked: at,
      returned: 20 + at,
    }),
  ).join("\n");

  test.each([
    ["--configurations", "1", "configurationsMax (1)"],
    ["--kept", "1", "keptMax (1)"],
    ["--time-limit", "0.000001", "the time that was given"],
  ])("%s %s", async (option, value, reached) => {
    const { status, output } = await run(writes, "--model", "cas-register", option, value);
    expect(status).toBe(3);
    expect(output.replaceAll(/\s+/g, " ")).toBe(
      `? the history (12 operations, cas-register): undecided, the search reached ${reached}, after 0 of 12 responses. Allow more by --configurations, --kept or --time-limit. `,
    );
  });

  test("in a document, too", async () => {
    const { status, output } = await run(writes, "--model", "cas-register", "--configurations", "1", "--json");
    expect(status).toBe(3);
    const [object] = JSON.parse(output).objects;
    expect(object).toMatchObject({ verdict: "undecided", explained: 0, responses: 12 });
  });

  test("one object that is violated counts more than another that is undecided", async () => {
    const { status } = await run(`${writes}\n${STALE}`, "--model", "cas-register:0", "--configurations", "1");
    expect(status).toBe(1);
  });
});

const STALE = `{"process":"c1","operation":"read","object":"other","result":1,"invoked":50,"returned":51}\n`;

test.each([
  ["an unknown model", GOOD, ["--model", "sofa"], /There is no model "sofa"\. Choose one of barrier, /],
  [
    "a model without its parameter",
    GOOD,
    ["--model", "semaphore"],
    /The model "semaphore" needs its permits\. Write --model semaphore:4/,
  ],
  [
    "a model that does not fit",
    GOOD,
    ["--model", "lock"],
    /does not fit the model\. The model "lock" has no operation "put"/,
  ],
  [
    "bad lines",
    `${GOOD}nonsense\n{"process":1}\n`,
    ["--model", "queue"],
    /Line 3: it is no JSON: nonsense\nLine 4: "operation" is missing/,
  ],
  ["an unknown object", GOOD, ["--model", "queue", "--object", "x"], /has no object "x"\. It has: orders\./],
  [
    "a file of no known format",
    "hello\n",
    ["--model", "queue"],
    /It begins like none of the formats that are known\.\nName its format/,
  ],
])("%s is a request that is refused with what to do now", async (_, text, options, message) => {
  await expect(run(text, ...options)).rejects.toThrow(message);
});

async function run(text: string, ...options: string[]): Promise<{ status: number; output: string }> {
  const file = join(folder, "history");
  writeFileSync(file, text);
  let status = -1;
  let output = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    output += String(chunk);
    return true;
  });
  try {
    const program = new Command("forkcheck").exitOverride();
    addCheckHistoryCommand(program, (next) => {
      status = next;
    });
    await program.parseAsync(["check-history", file, ...options], { from: "user" });
  } finally {
    write.mockRestore();
  }
  return { status, output };
}
