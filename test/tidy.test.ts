import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** What a test can hold of how the house is built: see ARCHITECTURE.md. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The floors, from below; an import goes to the same floor or to one below. */
const FLOORS: Record<string, number> = {
  primitives: 1,
  harness: 2,
  properties: 3,
  reports: 4,
  scenarios: 5,
  cases: 5,
  cli: 5,
  vitest: 5,
  bench: 6,
};

const sources = Object.keys(FLOORS).flatMap((folder) => filesBelow(join(ROOT, folder)));
const code = sources.filter((file) => /\.[jt]sx?$/.test(file));
const shipped = code.filter((file) => !/\.test\.ts$|fixtures\//.test(file));

test("imports go down the floors, never up", () => {
  const up = shipped.flatMap((file) =>
    importsOf(file)
      .filter((target) => floorOf(target) > floorOf(file))
      .map((target) => `${short(file)} imports ${short(target)}`),
  );
  expect(up).toEqual([]);
});

test("primitives know nobody", () => {
  const strangers = shipped
    .filter((file) => floorOf(file) === 1)
    .flatMap((file) => importsOf(file).filter((target) => floorOf(target) !== 1));
  expect(strangers.map(short)).toEqual([]);
});

describe("inside the engine, the strategies, the checkers and the shrinker nothing depends on when or where it runs", () => {
  const banned = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.env\b|\bperformance\.now\b/;
  /** These touch the world, and say so: they start processes, report how long things took, look at the user's time,
   * or take the place of Node's own. */
  const shells =
    /harness\/(check|engine\/(pool|membership|lane-search|lane-runs)|node\/(originals|clocks|randomness|programs|child-processes|start-options|started-program|worker-threads|controlled-node))\.ts$/;
  test("no clock, no environment, no unseeded random number", () => {
    const pure = shipped.filter((file) => /\/(harness|properties)\//.test(file) && !shells.test(file));
    expect(pure.length).toBeGreaterThan(40);
    const guilty = pure.filter((file) => banned.test(withoutComments(readFileSync(file, "utf8"))));
    expect(guilty.map(short)).toEqual([]);
  });
});

describe("primitives touch shared state through the seam", () => {
  const unannounced = /\.peek\(|\.initialize\(|\bAtomics\./g;
  /** How often each looks or writes without a step, and why nothing is decided by it that another process could change. */
  const KNOWN: Record<string, readonly [times: number, why: string]> = {
    "acquirable.ts": [1, "in production"],
    "barrier.ts": [10, "under the lock that guards these words"],
    "cell.ts": [3, "initial values"],
    "fair-lock.ts": [2, "at the door, which guards whether the lock is free"],
    "holders.ts": [1, "behind the announcement of a look at all of them"],
    "joinable-queue.ts": [1, "where the readers are, under the readers' lock"],
    "lock.ts": [2, "what nobody but the holder changes; for people"],
    "permits.ts": [4, "a part of the step on the semaphore's word"],
    "ring.ts": [22, "under the lock of a side; in production; behind the announcement of a look at both words"],
    "seats.ts": [8, "one's own place; behind the announcement of a look, or where a lock keeps them"],
    "semaphore.ts": [2, "in production"],
    "shared-array.ts": [1, "initial values"],
  };
  /** Memory itself: initial values; what a lock guards; what one process alone writes; bytes whose copy is announced. */
  const VIEWS = ["holders", "joinable-queue", "permits", "ring", "rlock", "seats", "shared-array", "shared-bytes"];
  const files = shipped.filter((file) => /^primitives\/[^/]+\.ts$/.test(short(file)));
  test.each(files.map((file) => [short(file).slice("primitives/".length), file]))("%s", (name, file) => {
    const text = withoutComments(readFileSync(file, "utf8"));
    expect([name, text.match(unannounced)?.length ?? 0]).toEqual([name, KNOWN[name]?.[0] ?? 0]);
    const looksAtMemory = /\bregion\.(?:words|bytes|text|longs|doubles|buffer)\b/.test(text);
    expect(looksAtMemory && !VIEWS.includes(name.slice(0, -3))).toBe(false);
  });
});

test("primitives measure time by the monotonic clock alone: no wall clock moves a deadline", () => {
  const guilty = shipped.filter(
    (file) => floorOf(file) === 1 && /\bDate\b|CLOCK_REALTIME/.test(withoutComments(readFileSync(file, "utf8"))),
  );
  expect(guilty.map(short)).toEqual([]);
  expect(readFileSync(join(ROOT, "primitives/memory/monotonic.ts"), "utf8")).toContain("hrtime");
});

test("no file is called after nothing in particular", () => {
  expect(code.map(short).filter((file) => /\b(utils?|helpers?|common|misc)\b/.test(file))).toEqual([]);
});

test("nothing is exported by default, configuration of tools aside", () => {
  const guilty = shipped.filter(
    (file) => !/\.config\.m?[jt]s$/.test(file) && /^export default /m.test(readFileSync(file, "utf8")),
  );
  expect(guilty.map(short)).toEqual([]);
});

test("links in the documents lead somewhere", () => {
  const documents = [join(ROOT, "README.md"), join(ROOT, "ARCHITECTURE.md"), ...filesBelow(join(ROOT, "docs"))].filter(
    (file) => file.endsWith(".md"),
  );
  const dead = documents.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(dirname(file), target)))
      .map((target) => `${short(file)}: ${target}`),
  );
  expect(dead).toEqual([]);
});

test("a scenario is loaded, in each process that plays it, without what only starts processes and reports", () => {
  const dependencies = ["index.ts", "primitives/index.ts", "properties/index.ts"].flatMap((door) =>
    [...loadedWith(join(ROOT, door))].filter((loaded) => !loaded.startsWith("/")),
  );
  expect([...new Set(dependencies)].sort()).toEqual(["fast-check", "koffi", "string-width"]);
});

test("each dependency has its reason in docs/dependencies.md", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const reasons = readFileSync(join(ROOT, "docs/dependencies.md"), "utf8");
  const all = [
    ...Object.keys(manifest.dependencies),
    ...Object.keys(manifest.devDependencies),
    ...Object.keys(manifest.peerDependencies),
  ];
  expect(all.filter((name) => !reasons.includes(`\`${name}\``))).toEqual([]);
});

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What is loaded with a file, dependencies by name: all but types, and what it imports only when it is called. */
function loadedWith(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known;
  known.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, type, target] of text.matchAll(/^(?:import|export)\s(type\s)?(?:[^;"]*?from\s)?\s*"([^"]+)";/gm)) {
    if (type !== undefined || target.startsWith("node:")) continue;
    if (target.startsWith(".")) loadedWith(resolve(dirname(file), target), known);
    else known.add(target);
  }
  return known;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)["']/g)].map(([, target]) =>
    resolve(dirname(file), target),
  );
}

function floorOf(file: string): number {
  return FLOORS[relative(ROOT, file).split("/")[0]] ?? 7;
}

function short(file: string): string {
  return relative(ROOT, file);
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\/\/.*$/gm, "");
}
