import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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

test("a search that reaches its limit ends with status 3 and is no pass", async () => {
  const writes = [1, 1, 2, 2].map((value, at) =>
    JSON.stringify({ process: `p${at}`, operation: "write", args: [value], invoked: at, returned: 10 + at }),
  );
  const { status, output } = await run(writes.join("\n"), "--model", "register", "--configurations", "1");
  expect(status).toBe(3);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    /^\? the history \(4 operations, register\): undecided, the search reached configurationsMax \(1\), after \d of 4/,
  );
});

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
