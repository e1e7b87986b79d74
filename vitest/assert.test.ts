import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** Each of these starts vitest itself on a file of fixtures, and looks at what a person would see. */
const FIXTURES = fileURLToPath(new URL("./fixtures/", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "forkcheck-vitest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How long vitest may take for a file of fixtures, on a busy machine, in milliseconds. */
const CHILD_MS_MAX = 180_000;
vi.setConfig({ testTimeout: CHILD_MS_MAX, hookTimeout: CHILD_MS_MAX });

describe("a test file that declares its scenario, in TypeScript, without any set-up file", () => {
  let output: string;
  let workers: readonly number[];
  beforeAll(async () => {
    ({ output, workers } = await runVitest("race"));
  });
  const block = (title: string): string => blockOf(output, title);

  test("fails at the line of an awaited assertion, with the report as the message", () => {
    const failure = block("awaited, it fails at its line");
    expect(failure).toContain("RaceFound: ✗ ticket-rush-of-a-test-file: 2 tickets sold, 1 in stock");
    expect(failure).toContain("buyer 1                 buyer 2");
    expect(failure).toContain(`❯ race.fixture.ts:${lineOf("awaited")}:`);
    expect(failure).not.toContain("Serialized Error");
  });

  test("fails at the line of an assertion that is returned", () => {
    expect(block("returned, it fails at its line")).toContain(`❯ race.fixture.ts:${lineOf("returned")}:`);
  });

  test("carries the command that replays the failure, and an artifact for reporters", () => {
    expect(block("awaited, it fails at its line")).toMatch(
      /↳ replay: npx forkcheck replay fc1:ticket-rush-of-a-test-file:\S+ race\.fixture\.ts$/m,
    );
    expect(output).toMatch(/forkcheck:run of "awaited, it fails at its line": fc1:ticket-rush-of-a-test-file:\S+/);
  });

  test("never times out: the search ends before the test, and says how far it came", () => {
    expect(output).toContain("✓ it ends before the test's time does");
    expect(output).toMatch(
      /notice on "it ends before the test's time does": countdown: explored \d+ of 1000000000 schedules in \d+ ms, and all hold/,
    );
    expect(output).not.toMatch(/timed out/i);
  });

  test("does not pass where nothing was explored", () => {
    expect(block("a search without any time does not pass")).toMatch(/explored no schedule within\s+1 ms/);
  });

  test("says at its line that a request was wrong", () => {
    const refused = block("a wrong option is an error at its line");
    expect(refused).toContain("RequestError: runs is 0.");
    expect(refused).toContain(`❯ race.fixture.ts:${lineOf("refused")}:`);
  });

  test("asks concurrent tests for their context, and takes it", () => {
    expect(block("a concurrent test must give its context")).toContain("Pass the test's context");
    expect(output).toContain("✓ a concurrent test that gives its context holds");
  });

  test("has matchers for histories, which name what broke and the operations that show it", () => {
    const held = block("toHold fails with what broke");
    expect(held).toContain("a and b both held lock");
    expect(held).toContain("3–4  b  lock.acquire()");
    expect(held).toContain(`❯ race.fixture.ts:${lineOf("toHold")}:`);
    const stale = block("toBeLinearizable fails with the operations");
    expect(stale).toContain("3–4  a  x.read() → 0");
    expect(stale).toContain(`❯ race.fixture.ts:${lineOf("toBeLinearizable")}:`);
    expect(output).toContain("✓ both can be negated");
  });

  test("uses vitest as ever beside that", () => {
    expect(output).toContain("✓ vitest's own means are there");
    expect(output).toContain("✓ fixtures are given");
  });

  test("leaves no process behind, whether its tests pass or fail", () => {
    expect(workers).not.toEqual([]);
    return nobodyIsLeft(workers);
  });
});

test("a property that never answers ends with the test's time, and a test that is cut off leaves no process behind", async () => {
  const { output, workers } = await runVitest("timeout");
  expect(blockOf(output, "ends before the property does")).toContain("explored no schedule");
  expect(blockOf(output, "is cut off")).toContain("timed out in 1000ms");
  expect(workers).not.toEqual([]);
  await nobodyIsLeft(workers);
});

test("vitest that is killed in the middle of a search leaves no process behind", async () => {
  const vitest = startVitest("long");
  let output = "";
  const searching = new Promise<void>((resolve) => {
    vitest.all.on("data", (chunk: Buffer) => {
      output += String(chunk);
      if (output.includes("searching")) resolve();
    });
  });
  await Promise.race([searching, vitest]);
  vitest.kill("SIGKILL");
  await vitest;
  const workers = workersIn(output);
  expect(workers).not.toEqual([]);
  await nobodyIsLeft(workers);
});

test(
  "every example of the guide is one that runs, and comes out as the guide says",
  { timeout: 2 * CHILD_MS_MAX },
  async () => {
    const guide = readFileSync(new URL("../docs/vitest.md", import.meta.url), "utf8");
    const source = readFileSync(`${FIXTURES}documentation.fixture.ts`, "utf8");
    const examples = [...guide.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
    expect(examples).toHaveLength(5);
    for (const example of examples) expect(source).toContain(example);
    const blob = join(folder, "blobs/blob.json");
    const { output } = await runVitest(
      "documentation",
      "--reporter=default",
      "--reporter=blob",
      `--outputFile=${blob}`,
    );
    expect(blockOf(output, "no ticket is sold twice")).toContain("2 tickets sold, 1 in stock");
    expect(output).toContain("Tests  1 failed | 4 passed (5)");

    // What vitest's shards leave has all that the reporter needs.
    const merged = ["--merge-reports", join(folder, "blobs"), "--reporter=../reporter.ts"];
    expect((await runVitest("", ...merged)).output).toContain("1 of 2 scenarios failed: forkcheck.html");
    const page = readFileSync(`${FIXTURES}forkcheck.html`, "utf8");
    rmSync(`${FIXTURES}forkcheck.html`);
    for (const text of ["2 tickets sold, 1 in stock", "queueing"]) expect(page).toContain(text);
  },
);

test("the stand-in that forkcheck's processes load has every name that vitest exports", async () => {
  const hooks = readFileSync(new URL("../harness/engine/typescript-hooks.js", import.meta.url), "utf8");
  const list = /VITEST_NAMES =\s*([^;]*);/.exec(hooks)?.[1].replace(/["+\n]/g, " ") ?? "";
  expect(list.trim().split(/\s+/).sort()).toEqual(Object.keys(await import("vitest")).sort());
});

/** What it printed, and the processes in which it ran the tests. */
async function runVitest(fixture: string, ...options: string[]): Promise<{ output: string; workers: number[] }> {
  const { all: output } = await startVitest(fixture, ...options);
  return { output, workers: workersIn(output) };
}

function startVitest(fixture: string, ...options: string[]) {
  const filter = fixture === "" ? [] : [fixture];
  return execa(process.execPath, [VITEST, "run", "--config", "vitest.config.ts", ...filter, ...options], {
    cwd: FIXTURES,
    env: { NO_COLOR: "1", FORCE_COLOR: undefined, VITEST: undefined, CI: undefined },
    all: true,
    reject: false,
  });
}

function workersIn(output: string): number[] {
  return [...output.matchAll(/vitest's worker is (\d+)/g)].map(([, pid]) => Number(pid));
}

/** The part of vitest's output that is about one failed test. */
function blockOf(output: string, title: string): string {
  const block = output.split(/^ FAIL /m).find((part) => part.split("\n", 1)[0].endsWith(`> ${title}`));
  if (block === undefined) throw new Error(`no failure of "${title}" in:\n${output}`);
  return block;
}

function lineOf(mark: string): number {
  const lines = readFileSync(`${FIXTURES}race.fixture.ts`, "utf8").split("\n");
  return lines.findIndex((line) => line.endsWith(`// LINE: ${mark}`)) + 1;
}

/** The kernel ends them with their parent, and may take a moment. Each has its parent's number in its environment. */
async function nobodyIsLeft(parents: readonly number[]): Promise<void> {
  await vi.waitFor(() => expect(parents.flatMap(processesOf)).toEqual([]), { timeout: 10_000, interval: 50 });
}

function processesOf(parent: number): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`"parent":${parent},`);
    } catch {
      return false; // it has just ended, or belongs to somebody else
    }
  });
}
