import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "forkcheck-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function forkcheck(...args: string[]) {
  return forkcheckIn(folder, ...args);
}

function forkcheckIn(cwd: string, ...args: string[]) {
  return programIn(cwd, "cli/main.ts", ...args);
}

function programIn(cwd: string, program: string, ...args: string[]) {
  return execa(
    process.execPath,
    ["--import", join(ROOT, "harness/engine/typescript-loader.js"), join(ROOT, program), ...args],
    { cwd, reject: false, env: { NO_COLOR: "1" } },
  );
}

test.each([["cli/main.ts", "list"], ["scenarios/verify.ts"]])(
  "%s ends quietly when nobody reads it any more",
  async (script, ...args) => {
    const program = execa(
      process.execPath,
      ["--import", join(ROOT, "harness/engine/typescript-loader.js"), join(ROOT, script), ...args],
      { cwd: folder, reject: false, buffer: { stdout: false } },
    );
    program.stdout.destroy();
    const { exitCode, stderr } = await program;
    expect({ exitCode, stderr }).toEqual({ exitCode: 141, stderr: "" });
  },
);

describe("forkcheck run", () => {
  test("prints one JSON document with the fields of the contract, and ends with status 1 for a violation", async () => {
    const { stdout, exitCode } = await forkcheck("run", "ticket-rush-unsafe", "--json", "--seed", "5", "--no-save");
    expect(exitCode).toBe(1);
    const { results, ...document } = JSON.parse(stdout) as { results: Record<string, unknown>[] };
    expect(document).toEqual({ forkcheck: expect.any(String), seed: 5 });
    const [{ counterexample, ...result }] = results;
    expect(result).toMatchObject({
      scenario: "ticket-rush-unsafe",
      verdict: "fail",
      property: "no-oversell",
      exhaustive: false,
    });
    expect(Object.keys(counterexample as object)).toEqual(
      expect.arrayContaining(
        "input processes operations preemptions switches steps faults minimal smallerRunsChecked token explanation trace history".split(
          " ",
        ),
      ),
    );
  });

  test("ends with status 0 if all holds", async () => {
    const { exitCode, stdout } = await forkcheck("run", "ticket-rush-locked", "--runs", "100", "--seed", "1");
    expect(stdout).toMatch(/^✓ ticket-rush-locked: holds in 100 runs/);
    expect(exitCode).toBe(0);
  });

  test("a folder that cannot be written takes nothing away from the finding", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "forkcheck-cli-"));
    // Nobody can make a file there, root included.
    symlinkSync("/proc/self", join(elsewhere, ".forkcheck"));
    const { stdout, stderr, exitCode } = await forkcheckIn(elsewhere, "run", "ticket-rush-unsafe", "--seed", "1");
    rmSync(elsewhere, { recursive: true });
    expect(stdout).toMatch(/^✗ ticket-rush-unsafe: 2 tickets sold, 1 in stock/);
    expect(stderr).toMatch(/ticket-rush-unsafe\.races could not be written: .*The report has the token; --no-save/);
    expect(exitCode).toBe(1);
  });

  test("something else at the place of the known races is named, and stays as it is", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "forkcheck-cli-"));
    writeFileSync(join(elsewhere, ".forkcheck"), "mine");
    const { stdout, stderr, exitCode } = await forkcheckIn(elsewhere, "run", "ticket-rush-unsafe", "--seed", "1");
    const left = readFileSync(join(elsewhere, ".forkcheck"), "utf8");
    rmSync(elsewhere, { recursive: true });
    expect(stdout).toBe("");
    expect(stderr).toMatch(/kept in \.forkcheck.*could not be read: ENOTDIR.*\. Make \.forkcheck a folder/);
    expect({ left, exitCode }).toEqual({ left: "mine", exitCode: 2 });
  });

  test("writes a failure down and tries it first the next time", async () => {
    await forkcheck("run", "ticket-rush-unsafe", "--seed", "1");
    expect(readdirSync(join(folder, ".forkcheck"))).toEqual(["ticket-rush-unsafe.races"]);
    const { stdout } = await forkcheck("run", "ticket-rush-unsafe", "--seed", "2", "--json");
    const [result] = (JSON.parse(stdout) as { results: { notes: string[]; counterexample: { minimal: boolean } }[] })
      .results;
    expect(result.notes[0]).toMatch(/^known from \.forkcheck\/ticket-rush-unsafe\.races:\d+/);
    expect(result.counterexample.minimal).toBe(true);
  });

  test("checks a TypeScript file of the user's, and replays its token by name", async () => {
    const module = `
      import fc from ${JSON.stringify(join(ROOT, "node_modules/fast-check/lib/fast-check.js"))};
      import { scenario, times } from ${JSON.stringify(join(ROOT, "harness/scenario.ts"))}; // from "forkcheck"
      import { Value } from ${JSON.stringify(join(ROOT, "primitives/value.ts"))};
      enum Add { One = 1 }
      export const lostAdd = scenario(import.meta.url, {
        input: fc.record({ adders: fc.integer({ min: 2, max: 3 }) }),
        shared: () => ({ sum: new Value(0) }),
        processes: ({ adders }: { adders: number }) => times(adders, "adder"),
        roles: { async adder({ sum }: { sum: Value }) { sum.set(sum.get() + Add.One); } },
        final: ({ sum }: { sum: Value }) => sum.get(),
        properties: [{
          name: "every-add-counts",
          claim: "the sum is the number of adders",
          check: ({ final, processes }) =>
            final === processes.length ? null : { message: processes.length + " adds made " + final, operations: [] },
        }],
      });`;
    mkdirSync(join(folder, "mine"), { recursive: true });
    writeFileSync(join(folder, "mine", "lost-add.ts"), module);
    const { stdout, exitCode } = await forkcheck("run", "mine/lost-add.ts", "--seed", "1", "--no-save");
    expect(stdout).toMatch(/✗ lost-add: 2 adds made 1/);
    expect(exitCode).toBe(1);
    const token = /replay (fc1:\S+)/.exec(stdout)?.[1] ?? "";
    const replayed = await forkcheck("replay", token, "mine/lost-add.ts", "--times", "3");
    expect(replayed.stdout).toMatch(/✗ lost-add: 2 adds made 1[\s\S]*replayed 3 times: each step was the same/);
  });

  test("writes a page and JUnit XML", async () => {
    await forkcheck("run", "ticket-rush-unsafe", "--seed", "1", "--no-save", "--junit", "out/junit.xml");
    expect(readFileSync(join(folder, "out", "junit.xml"), "utf8")).toContain("<testsuite");
  });
});

describe("a wrong request is refused with status 2, saying what, of what, and what to do", () => {
  const requests: readonly (readonly [string[], RegExp])[] = [
    [["run", "ticket-rush-unsave"], /There is no scenario "ticket-rush-unsave"\. Did you mean ticket-rush-unsafe\?/],
    [["run", "nowhere.ts"], /There is no file nowhere\.ts\. It was looked for at/],
    [["run", join(ROOT, "harness/judge.ts")], /exports no scenario\. Export one/],
    [
      ["run", join(ROOT, "harness/fixtures/throws-at-import.ts")],
      /could not be loaded: Error: this module does not want.*\n( +at .*throws-at-import.*\n)+It has to load in plain Node/,
    ],
    [["run", "ticket-rush-unsafe", "--runs", "0"], /runs is 0\. It is a whole number from 1/],
    [["run", "ticket-rush-unsafe", "--frobnicate"], /unknown option '--frobnicate'/],
    [["run", "ticket-rush-unsafe", "--strategy", "luck"], /Allowed choices are/],
    [["run", "ticket-rush-unsafe", "--time-limit", "soon"], /It is a time such as/],
    [["run", "ticket-rush-unsafe", "--property", "beauty"], /has no property "beauty"/],
    [["replay", "fc1:ticket-rush-unsafe:eyJ0aWNrZXRz"], /is damaged: its check digits do not fit/],
    [["replay", "hello"], /is no token of this version/],
  ];
  let outcomes: { status: number; stdout: string; stderr: string }[];
  beforeAll(async () => {
    const all = JSON.stringify(requests.map(([args]) => args));
    const { stdout } = await programIn(folder, "cli/fixtures/requests.ts", all);
    outcomes = JSON.parse(stdout) as typeof outcomes;
  });
  test.each(
    requests.map(([args, message], index) => [args.slice(0, 3).join(" ").replaceAll(ROOT, ""), index, message]),
  )("%s", (_, index, message) => {
    const { status, stdout, stderr } = outcomes[index];
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("run, in a folder without scenarios", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty, { recursive: true });
    const { exitCode, stderr } = await forkcheckIn(empty, "run");
    expect(stderr).toMatch(/No scenario was named, and no file below .* declares one/);
    expect(exitCode).toBe(2);
  });

  test("a token of a scenario that is not there", async () => {
    const { exitCode, stderr } = await forkcheck("replay", "fc1:no-such-thing:e30:a-:1", "--json");
    expect(stderr).toMatch(/damaged|no scenario/);
    expect(exitCode).toBe(2);
  });
});

describe("however forkcheck is ended in the middle of a run, nothing of it is left", () => {
  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    test(signal, async () => {
      const running = forkcheck("run", "ticket-rush-file-fixed", "--runs", "1000000", "--no-save", "--jobs", "1");
      const children = await waitFor(() => {
        const pids = descendantsOf(running.pid as number);
        return pids.length >= 3 ? pids : null;
      });
      const left = readdirSync("/dev/shm").filter((name) => name.startsWith(`forkcheck-${running.pid}-`));
      expect(left).toHaveLength(1);
      running.kill(signal);
      await running;
      await waitFor(() => (children.some(isAlive) ? null : true));
      await waitFor(() =>
        readdirSync("/dev/shm").some((name) => name.startsWith(`forkcheck-${running.pid}-`)) ? null : true,
      );
    });
  }
});

/** Polls until there is an answer, a few seconds long. */
async function waitFor<T>(look: () => T | null): Promise<T> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const answer = look();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`${look.toString()} was not so within ${(LOOKS_MAX * LOOK_EVERY_MS) / 1000} s`);
}

const LOOK_EVERY_MS = 20;
const LOOKS_MAX = 1000;

function descendantsOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => parentOf(other) === pid);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return -1;
  }
}

function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}
