import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ResultDocument } from "../reports/index.ts";
import { runCommandLine } from "./command-line.ts";
import { capture } from "./fixtures/capture.ts";

/** What the command line writes for other programs: JSON, lines of it, JUnit, GitHub, shards, regression files. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "forkcheck-publication-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shards = ["shard-1.json", "shard-2.json"];
beforeAll(async () => {
  for (const [index, file] of shards.entries()) {
    const args = ["run", "ticket-rush-unsafe", "value-add", "--runs", "128", "--seed", "5", "--no-save"];
    const { stdout } = await forkcheck([...args, "--shard", `${index + 1}/2`, "--json"]);
    writeFileSync(join(folder, file), stdout);
  }
});

describe("the results of shards", () => {
  test("say which part of the whole they are", () => {
    const { shard, results } = JSON.parse(readFileSync(join(folder, shards[1]), "utf8")) as ResultDocument;
    expect(shard).toEqual({ index: 2, count: 2 });
    expect(results.map(({ scenario, runs }) => [scenario, runs])[1]).toEqual(["value-add", 64]);
  });

  test("are merged into one, which counts all runs and tells the smallest failure", async () => {
    const { stdout, exitCode } = await forkcheck(["merge", ...shards]);
    expect(stdout).toContain("✗ ticket-rush-unsafe: 2 tickets sold, 1 in stock");
    expect(stdout).toContain("✓ value-add: holds in 128 runs");
    expect(exitCode).toBe(1);
  });

  test("are no success while one is missing", async () => {
    const holding = join(folder, "holding.json");
    const document = JSON.parse(readFileSync(join(folder, shards[0]), "utf8")) as ResultDocument;
    writeFileSync(holding, JSON.stringify({ ...document, results: document.results.slice(1) }));
    const { stderr, exitCode } = await forkcheck(["merge", holding]);
    expect(stderr).toMatch(/shard 2 of 2 is missing, so only a part of the whole is covered\. Look why/);
    expect(exitCode).toBe(3);
  });

  test("are refused if they are no results, or no parts of one whole", async () => {
    for (const [args, message] of [
      [["merge", "nowhere.json"], /nowhere\.json could not be read: ENOENT.* Write it with: forkcheck run --json/],
      [["merge", shards[0], shards[0]], /Shard 1 of 2 is among the results 2 times\. Name each result once/],
      [["run", "value-add", "--shard", "3/2"], /It is such as 2\/4: the second of four parts/],
      [["run", "value-add", "--shard", "1/2"], /Shard 1 of 2 is asked for without a seed/],
    ] as const) {
      const { stderr, exitCode } = await forkcheck([...args]);
      expect(stderr).toMatch(message);
      expect(exitCode).toBe(2);
    }
  });
});

test("two results are compared: what got worse ends with status 1, what got better with 0", async () => {
  const document = JSON.parse(readFileSync(join(folder, shards[0]), "utf8")) as ResultDocument;
  const results = document.results.filter(({ verdict }) => verdict === "pass");
  writeFileSync(join(folder, "before.json"), JSON.stringify({ ...document, results: document.results }));
  writeFileSync(join(folder, "after.json"), JSON.stringify({ ...document, results }));
  const worse = await forkcheck(["compare", "before.json", "after.json"]);
  expect([worse.stdout, worse.exitCode]).toEqual(["no longer checked  ticket-rush-unsafe: it was failing", 1]);
  const same = await forkcheck(["compare", "after.json", "after.json", "--json"]);
  expect([same.stdout, same.exitCode]).toEqual(['{"changes":[]}', 0]);
});

test("GitHub gets an annotation at the line where the race turns, and the job's summary", async () => {
  const summary = join(folder, "summary.md");
  const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary, GITHUB_WORKSPACE: ROOT.replace(/\/$/, "") };
  const { stdout } = await forkcheck(["merge", ...shards], env);
  expect(stdout).toMatch(
    /^::error file=scenarios\/ticket-rush\.ts,line=\d+,title=forkcheck%3A ticket-rush-unsafe::2 t/m,
  );
  expect(readFileSync(summary, "utf8")).toContain("### forkcheck: 1 of 2 scenarios failed");
  const json = await forkcheck(["merge", ...shards, "--json"], env);
  expect(JSON.parse(json.stdout)).toMatchObject({ seed: 5 });
  expect(json.stderr).toMatch(/^::error file=/);
  expect((await forkcheck(["merge", ...shards, "--no-github"], env)).stdout).not.toContain("::error");
});

test("--json-lines prints each result on a line of its own, --junit a file", async () => {
  const args = ["value-add", "pipe-hello", "--runs", "32", "--seed", "1", "--json-lines", "--junit", "junit.xml"];
  const { stdout } = await forkcheck(["run", ...args]);
  const lines = stdout.split("\n").map((line) => JSON.parse(line) as { scenario: string });
  expect(lines.map(({ scenario }) => scenario)).toEqual(["value-add", "pipe-hello"]);
  expect(readFileSync(join(folder, "junit.xml"), "utf8")).toContain('tests="2" failures="0"');
});

describe("regression files", () => {
  const file = join(folder, ".forkcheck", "value-add.races");
  /** A race of value-increment: in value-add it no longer fits the program. */
  const stale = async (): Promise<void> => {
    await forkcheck(["run", "value-increment", "--seed", "1"]);
    const text = readFileSync(join(folder, ".forkcheck", "value-increment.races"), "utf8");
    writeFileSync(file, text);
  };

  test("with a stanza that no longer fits say so, and --prune removes it", async () => {
    await stale();
    const first = await forkcheck(["run", "value-add", "--runs", "32", "--seed", "1"]);
    expect(first.stdout).toMatch(/the race at \.forkcheck\/value-add\.races:4 could not be tried again/);
    expect(first.stdout).toContain("`forkcheck run --prune` removes it");
    const second = await forkcheck(["run", "value-add", "--runs", "32", "--seed", "1", "--prune"]);
    expect(second.stdout).toMatch(/removed from \.forkcheck\/value-add\.races:\s+fc1:value-increment/);
    expect(readFileSync(file, "utf8")).not.toContain("\nrace ");
    expect(second.exitCode).toBe(0);
  });

  test("keep a race that could not be tried, since the scenario's `shared` throws, and say so", async () => {
    const counter = join(import.meta.dirname, "fixtures/counter.ts");
    const races = join(folder, ".forkcheck", "counter.races");
    await forkcheck(["run", counter, "--seed", "1"]);
    const before = readFileSync(races, "utf8");
    expect(before).toContain("\nrace ");
    const { stdout, exitCode } = await forkcheck(["run", counter, "--seed", "1", "--prune"], { COUNTER_BROKEN: "1" });
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
      /the race at \.forkcheck\/counter\.races:4 could not be tried again, and stays: .* there is no configuration/,
    );
    expect(stdout).not.toContain("removed from");
    expect(exitCode).toBe(2);
    expect(readFileSync(races, "utf8")).toBe(before);
  });

  test("stay whole where --prune finds the disk full, and that is said", async ({ skip }) => {
    await stale();
    const text = readFileSync(file, "utf8");
    const disk = join(folder, ".forkcheck");
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      skip("no right to mount a small disk here");
    }
    try {
      writeFileSync(file, text);
      expect(() => writeFileSync(join(disk, "ballast"), Buffer.alloc(16_384))).toThrow(/ENOSPC/);
      const { stdout, exitCode } = await forkcheck(["run", "value-add", "--runs", "32", "--seed", "1", "--prune"]);
      expect(stdout).toMatch(/value-add\.races could not be written, and stays as it is:\s+ENOSPC/);
      expect(exitCode).toBe(0);
      expect(readFileSync(file, "utf8")).toBe(text);
      expect(readdirSync(disk).sort()).toEqual(["ballast", "value-add.races"]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  test("keep a race of a property that is not looked at", async () => {
    await forkcheck(["run", "value-increment", "--seed", "1"]);
    const races = join(folder, ".forkcheck", "value-increment.races");
    const before = readFileSync(races, "utf8");
    const other = ["--property", "no-deadlock", "--runs", "32", "--seed", "1", "--prune"];
    const { stdout, exitCode } = await forkcheck(["run", "value-increment", ...other]);
    expect(stdout).not.toContain(".races");
    expect(exitCode).toBe(0);
    expect(readFileSync(races, "utf8")).toBe(before);
  });

  test("with a damaged token are named by line before anything is run, and stay as they are", async () => {
    await stale();
    const damaged = readFileSync(file, "utf8").replace(/(race \S+)\S/, "$1");
    writeFileSync(file, damaged);
    const { stderr, stdout, exitCode } = await forkcheck(["run", "ticket-rush-unsafe", "value-add", "--prune"]);
    expect(stderr).toMatch(/Regression file \.forkcheck\/value-add\.races, line 4: .*damaged.*Restore the file/);
    expect([stdout, exitCode]).toEqual(["", 2]);
    expect(readFileSync(file, "utf8")).toBe(damaged);
    expect(existsSync(join(folder, ".forkcheck", "ticket-rush-unsafe.races"))).toBe(false);
    rmSync(file);
  });
});

/** In this process: a test of the command line itself starts it, and this one only looks at what it writes. */
async function forkcheck(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  for (const name of ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "COUNTER_BROKEN"])
    vi.stubEnv(name, env[name]);
  const before = process.cwd();
  process.chdir(folder);
  try {
    const { status: exitCode, stdout, stderr } = await capture(() => runCommandLine(args));
    return { exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
  }
}
