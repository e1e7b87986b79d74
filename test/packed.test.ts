import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// What a stranger does: an empty project, the packed package, a test from the README.
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How long npm and vitest may take on a busy machine, in milliseconds. */
const CHILD_MS_MAX = 240_000;
vi.setConfig({ testTimeout: CHILD_MS_MAX, hookTimeout: CHILD_MS_MAX });

/** A test that ends before its time does, one that holds, and one that goes on until somebody ends vitest. */
const OTHERS = `
import fc from "fast-check";
import { test } from "vitest";
import { scenario, times } from "forkcheck";
import { Value } from "forkcheck/primitives";
import { assert } from "forkcheck/vitest";

export const countdown = scenario(import.meta.url, {
  name: "countdown",
  input: fc.constant({}),
  shared: () => ({ stock: new Value(9) }),
  processes: () => times(2, "taker"),
  roles: { taker: ({ stock }) => void stock.sub(1) },
  properties: [],
});

export const falling = scenario(import.meta.url, {
  name: "falling",
  input: fc.constant({}),
  shared: () => ({ stock: new Value(1) }),
  processes: () => times(2, "taker"),
  roles: {
    taker({ stock }) {
      if (stock.sub(1) === 0) throw new RangeError("nothing is left");
    },
  },
  properties: [],
});

test("falls", () => assert(falling), 60_000);
test("holds", () => assert(countdown, { runs: 20 }), 60_000);
test("ends before its time does", () => assert(countdown, { runs: 1e9 }), 5_000);
test("goes on", () => assert(countdown, { runs: 1e9, onProgress: () => console.log("searching") }), 600_000);
`;

let folder: string;
let project: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "forkcheck-packed-"));
  project = join(folder, "project");
  await mkdir(project);
  await install(await pack());
  const [scenario, itsTest] = await examplesOfReadme();
  await writeFile(join(project, "ticket-rush.ts"), scenario);
  await writeFile(join(project, "ticket-rush.test.ts"), itsTest);
  await writeFile(join(project, "others.test.ts"), OTHERS);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("in an empty project the README's test fails at its line, and the message is the report", async () => {
  const { all } = await vitest("ticket-rush", "--testTimeout=60000");
  expect(all).toContain("RaceFound: ✗ ticket-rush: 2 tickets sold, 1 in stock");
  const report = all.slice(all.indexOf("✗ ticket-rush:"), all.lastIndexOf(" ❯ ticket-rush.test.ts"));
  for (const part of [
    "buyer 1                 buyer 2",
    "read stock   → 1",
    "needed: buyer",
    "Nothing smaller fails",
  ]) {
    expect(report).toContain(part);
  }
  expect(Math.max(...report.split("\n").map((row) => (row.includes("fc1:") ? 0 : row.length)))).toBeLessThanOrEqual(80);
  // The lines of code that it names are the user's own.
  const files = [...report.matchAll(/([\w./-]+\.[jt]s):\d+/g)].map(([, file]) => file);
  expect([...new Set(files)]).toEqual(["ticket-rush.ts"]);
  const line = (await readFile(join(project, "ticket-rush.test.ts"), "utf8"))
    .split("\n")
    .findIndex((text) => text.includes("assert(ticketRush)"));
  expect(all).toContain(`❯ ticket-rush.test.ts:${line + 1}:`);
  expect(all).toMatch(new RegExp(`${line + 1}\\| test\\("no ticket is sold twice"`));

  // The command that it names does it again.
  const [, words = ""] = /↳ replay: npx forkcheck (replay fc1:ticket-rush:\S+ ticket-rush\.ts)$/m.exec(all) ?? [];
  const forkcheck = join(project, "node_modules/.bin/forkcheck");
  const replay = await execa(forkcheck, words.split(" "), { cwd: project, reject: false });
  expect(replay.stdout).toContain("2 tickets sold, 1 in stock");
  expect(replay.exitCode).toBe(1);
  await nothingIsLeft();
});

test("an error that nobody caught is told with its line, and tests that hold or whose time ends leave nothing", async () => {
  const { all } = await vitest("others", "--testNamePattern", "falls|holds|ends", "--reporter=verbose");
  const line = OTHERS.split("\n").findIndex((text) => text.includes("nothing is left")) + 1;
  expect(all.replaceAll(/\s+/g, " ")).toContain(`ends with RangeError: nothing is left, at others.test.ts:${line}`);
  expect(all).toMatch(/✓ others\.test\.ts > holds/);
  // On a machine that is too busy it may be none.
  expect(all).toMatch(/explored (?:\d+ of 1000000000 schedules|no schedule)/);
  expect(all).not.toContain("timed out");
  await nothingIsLeft();
});

test("Ctrl-C in the middle of a search leaves nothing", async () => {
  const running = vitest("others", "--testNamePattern", "goes on");
  const searching = new Promise<void>((resolve) => {
    running.all.on("data", (chunk: Buffer) => String(chunk).includes("searching") && resolve());
  });
  await Promise.race([searching, running]);
  expect((await processesHere()).length).toBeGreaterThan(2);
  process.kill(-running.pid!, "SIGINT"); // as the terminal does: to all processes that it started
  await running;
  await nothingIsLeft();
});

/** As `npm publish` does it, from a copy: other tests look into `dist` while it is built. */
async function pack(): Promise<string> {
  const copy = join(folder, "copy");
  const ignored = /^(?:node_modules|dist|artifacts|\.\w+)$/;
  await mkdir(copy);
  for (const name of await readdir(ROOT)) {
    if (!ignored.test(name)) await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const { stdout } = await execa("npm", ["pack", "--json", "--pack-destination", folder], { cwd: copy });
  const [{ filename }] = JSON.parse(stdout.slice(stdout.search(/^\[/m))) as { filename: string }[];
  return join(folder, filename);
}

/** By npm, with the versions that are here, so that all comes out of npm's cache where that has them. */
async function install(tarball: string): Promise<void> {
  const lock = await readJson<Lock>("package-lock.json");
  const own = await readJson<Manifest>("package.json");
  const tools = ["vitest", "fast-check"];
  const versionOf = (name: string): string => lock.packages[`node_modules/${name}`].version;
  const wanted = {
    forkcheck: `file:${tarball}`,
    ...Object.fromEntries(tools.map((name) => [name, versionOf(name)])),
  };
  const { dependencies, peerDependencies, bin, version } = own;
  const packages = {
    "": { devDependencies: wanted },
    "node_modules/forkcheck": { version, resolved: wanted.forkcheck, dependencies, peerDependencies, bin },
    ...reachable(lock.packages, [...Object.keys(dependencies), ...tools]),
  };
  await writeFile(join(project, "package.json"), JSON.stringify({ type: "module", devDependencies: wanted }));
  await writeFile(join(project, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, requires: true, packages }));
  await execa("npm", ["ci", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: project });
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Record<string, string>;
  readonly peerDependencies: Record<string, string>;
  readonly bin: { readonly forkcheck: string };
}

interface Lock {
  readonly packages: Record<string, Locked>;
}

interface Locked {
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

/** The entries of a lock that some packages lead to, themselves among them. */
function reachable(packages: Lock["packages"], names: readonly string[], from = "", found: Lock["packages"] = {}) {
  for (const name of names) {
    const place = placeOf(packages, name, from);
    if (place === undefined || place in found) continue;
    const entry = (found[place] = packages[place]);
    const { dependencies, optionalDependencies, peerDependencies } = entry;
    reachable(packages, Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }), place, found);
  }
  return found;
}

/** Where a package is found from another one: in its own folder, or in one above. */
function placeOf(packages: Lock["packages"], name: string, from: string): string | undefined {
  for (let above = from; above !== ""; above = above.slice(0, Math.max(0, above.lastIndexOf("/node_modules/")))) {
    if (`${above}/node_modules/${name}` in packages) return `${above}/node_modules/${name}`;
  }
  return `node_modules/${name}` in packages ? `node_modules/${name}` : undefined;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, file), "utf8")) as T;
}

/** The two blocks of the README that make a scenario and its test. */
async function examplesOfReadme(): Promise<readonly string[]> {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);
  const examples = [/^\/\/ ticket-rush\.ts\n/, /from "forkcheck\/vitest"/].map((mark) =>
    blocks.find((code) => mark.test(code)),
  );
  return examples.map((code) => code ?? "");
}

function vitest(...words: readonly string[]) {
  return execa(join(project, "node_modules/.bin/vitest"), ["run", ...words], {
    cwd: project,
    env: { NO_COLOR: "1", FORCE_COLOR: undefined, VITEST: undefined, CI: undefined },
    all: true,
    reject: false,
    detached: true, // a group of its own, as a shell makes one
  });
}

/** The kernel ends them with their parent, and may take a moment. */
async function nothingIsLeft(): Promise<void> {
  await vi.waitFor(async () => expect(await processesHere()).toEqual([]), { timeout: 20_000, interval: 50 });
}

/** Command lines of the processes that were started in the project's folder. */
async function processesHere(): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const line = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
      const isHere = line.includes(folder) || (await readlink(`/proc/${pid}/cwd`)).startsWith(project);
      if (isHere) found.push(line);
    } catch {
      // It has just ended, or belongs to somebody else.
    }
  }
  return found;
}
