import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "vite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { oversold, soldTwice } from "./fixtures/runs.ts";
import { addRace, describeRace, formatRace, parseRaces, racesFile, readRaces, removeRaces } from "./regressions.ts";
import type { Race } from "./regressions.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "forkcheck-races-"));
  file = join(folder, "ticket-rush.races");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const race: Race = describeRace(
  { ...oversold, counterexample: { ...soldTwice, input: { tickets: 1, buyers: 2 } } },
  { found: "2026-11-23", versions: "forkcheck 0.1.0, node 20.20.2" },
);

describe("a regression file", () => {
  test("reads like this", async () => {
    expect(await addRace(file, "ticket rush", race)).toBe("added");
    expect(readFileSync(file, "utf8")).toBe(
      `
# Races that forkcheck found in 'ticket rush'. Commit this file: they run first from now on.
# One stanza a race. Delete a whole stanza to forget it; 'npx forkcheck run --prune' removes those that no longer fail.

race fc1:ticket-rush:2x1:a1b2c1
  property  no-oversell
  message   2 tickets sold, 1 in stock
  input     {"tickets":1,"buyers":2}
  found     2026-11-23
  versions  forkcheck 0.1.0, node 20.20.2
  trace
      1  buyer 1  read stock → 1
      2  buyer 2  read stock → 1
      3  buyer 2  write stock ← 0
      4  buyer 2  buy → bought
      5  buyer 1  write stock ← 0
      6  buyer 1  buy → bought
`.trimStart(),
    );
  });

  test("gives back what was written", async () => {
    await addRace(file, "ticket rush", race);
    await addRace(file, "ticket rush", { ...race, token: "fc1:other", message: "" });
    expect(await readRaces(file)).toEqual([
      { ...race, firstLine: 4, lastLine: 16 },
      { ...race, token: "fc1:other", message: "", firstLine: 18, lastLine: 30 },
    ]);
  });

  test("that is not there has no races", async () => {
    expect(await readRaces(file)).toEqual([]);
    expect(await removeRaces(file, ["fc1:x"])).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("takes each race once", async () => {
    await addRace(file, "ticket rush", race);
    const before = readFileSync(file, "utf8");
    expect(await addRace(file, "ticket rush", race)).toBe("known");
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("keeps the comments and the other stanzas when a race goes", async () => {
    for (const token of ["fc1:a", "fc1:b", "fc1:c"]) await addRace(file, "ticket rush", { ...race, token });
    const text = readFileSync(file, "utf8").replace("race fc1:c", "# the one of the outage\nrace fc1:c");
    writeFileSync(file, text);
    expect(await removeRaces(file, ["fc1:b", "fc1:none"])).toEqual(["fc1:b"]);
    expect(readFileSync(file, "utf8")).toBe(text.replace(formatRace({ ...race, token: "fc1:b" }) + "\n", ""));
    await removeRaces(file, ["fc1:a", "fc1:c"]);
    expect(await readRaces(file)).toEqual([]);
    expect(readFileSync(file, "utf8")).toContain("# the one of the outage");
  });

  test("behind a link is replaced, not the link", async () => {
    mkdirSync(join(folder, "real"));
    const real = join(folder, "real", "x.races");
    writeFileSync(real, "", { mode: 0o640 });
    symlinkSync(real, file);
    await addRace(file, "ticket rush", race);
    expect((await readRaces(real)).length).toBe(1);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  test("of a scenario with any name has a name that every file system takes", () => {
    expect(racesFile(".forkcheck", "Ticket rush: 2/3?")).toBe(join(".forkcheck", "ticket-rush-2-3.races"));
    expect(racesFile(".forkcheck", "购票")).toBe(join(".forkcheck", "购票.races"));
    expect(racesFile(".forkcheck", "../..")).toBe(join(".forkcheck", "scenario.races"));
  });
});

describe("a damaged file", () => {
  const good = formatRace(race);
  test.each([
    ["<<<<<<< HEAD\n" + good, 1, "a merge left its conflict marker"],
    [good + "\n" + good, 15, "this race is already in line 1"],
    [good + "\nrubbish", 15, "expected an indented field or the next 'race', found 'rubbish'"],
    ["  property x\n" + good, 1, "expected 'race TOKEN'"],
    [good.replace("  found     2026-11-23\n", ""), 1, "this race has no found"],
    [good.replace("  found", "  colour"), 5, "'colour' is no field of a race"],
    [good.replace('{"tickets":1', "{tickets:1"), 4, "the input '{tickets:1,\"buyers\":2}' cannot be read"],
    [good.slice(0, 60), 3, "'me' is no field of a race"],
  ])("is named by line and never overwritten (%#)", async (text, line, what) => {
    writeFileSync(file, text);
    await expect(addRace(file, "ticket rush", { ...race, token: "fc1:new" })).rejects.toMatchObject({
      name: "RegressionFileError",
      file,
      line,
      message: expect.stringContaining(`line ${line}: ${what}`) as string,
    });
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(readdirSync(folder)).toEqual(["ticket-rush.races"]);
  });

  test("with line breaks of another system is not damaged", () => {
    expect(parseRaces(good.replaceAll("\n", "\r\n"), file).length).toBe(1);
  });
});

describe("processes that write at once", () => {
  let program: string;
  beforeEach(async () => {
    await build({
      configFile: false,
      logLevel: "silent",
      build: { ssr: join(import.meta.dirname, "fixtures/add-races.ts"), outDir: join(folder, "bin"), target: "node20" },
      ssr: { noExternal: true },
    });
    program = join(
      folder,
      "bin",
      readdirSync(join(folder, "bin")).find((name) => /\.m?js$/.test(name))!,
    );
    if (program.endsWith(".js")) writeFileSync(join(folder, "bin", "package.json"), '{"type":"module"}');
  });

  test("lose nothing", async () => {
    const names = ["a", "b", "c", "d"];
    const told = await Promise.all(names.map((name) => readAll(start(name, 15).stdout)));
    const tokens = told.flatMap((text) => text.trim().split("\n"));
    expect(tokens.length).toBe(60);
    expect((await readRaces(file)).map(({ token }) => token).sort()).toEqual(tokens.sort());
    expect(readdirSync(folder).sort()).toEqual(["bin", "ticket-rush.races"]);
  });

  test("lose nothing that was said to be written when some of them are killed", async () => {
    const lasting = [start("a", 40), start("b", 40)];
    const told = lasting.map((child) => readAll(child.stdout));
    for (let round = 0; round < 6; round++) {
      const victim = start(`victim${round}`, 1000);
      told.push(readAll(victim.stdout));
      await once(victim.stdout, "data");
      await sleep(7 * round);
      victim.kill("SIGKILL");
    }
    const tokens = (await Promise.all(told)).flatMap((text) => text.trim().split("\n"));
    const kept = new Set((await readRaces(file)).map(({ token }) => token));
    expect(tokens.filter((token) => !kept.has(token))).toEqual([]);
    await addRace(file, "ticket rush", race);
    expect(readdirSync(folder).sort()).toEqual(["bin", "ticket-rush.races"]);
    expect(tokens.filter((token) => /:[ab]:/.test(token)).length).toBe(80);
  });

  function start(name: string, amount: number) {
    return spawn(process.execPath, [program, file, name, String(amount)], { stdio: ["ignore", "pipe", "inherit"] });
  }
});

test("a full disk leaves the old file whole", async ({ skip }) => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    skip("no right to mount a small disk here");
  }
  try {
    const full = join(disk, "x.races");
    await addRace(full, "ticket rush", race);
    const before = readFileSync(full, "utf8");
    const large = { ...race, token: "fc1:large", trace: Array.from({ length: 2000 }, () => "  1  buyer 1  read") };
    await expect(addRace(full, "ticket rush", large)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readFileSync(full, "utf8")).toBe(before);
    expect(readdirSync(disk)).toEqual(["x.races"]);
  } finally {
    execFileSync("umount", [disk]);
  }
});
