import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Checker } from "../../harness/check.ts";
import type { Operation } from "../../harness/history.ts";
import type { NearestPassing, Result } from "../../harness/result.ts";
import type { Scenario } from "../../harness/scenario.ts";
import { stackCheckThenSet } from "../../scenarios/stack.ts";
import { hasBrowser, launchBrowser, screensFolder, textOf, violationsOfAxe } from "../fixtures/browser.ts";
import {
  chinese,
  deadlock,
  longRun,
  lostItem,
  oversold,
  result,
  soldTwice,
  tenBuyers,
  trace,
} from "../fixtures/runs.ts";
import { decodePageData, encodePageData } from "./page-data.ts";
import { renderPage } from "./page.ts";
import type { PageOptions } from "./page.ts";

const screens = screensFolder("page");

const nearestPassing: NearestPassing = {
  ...soldTwice,
  token: "fc1:ticket-rush:2x1:b2c3d4",
  reversedRaces: 1,
  race: {
    failing: [2, 5],
    passing: [2, 4],
    sentence: "Where it fails, buyer 2 'read stock' comes before buyer 1 'write stock'; where it holds, after it.",
  },
  trace: trace([
    ["buyer 1", "read", "read stock", "→ 1", "stock"],
    ["buyer 1", "write", "write stock", "← 0", "stock"],
    ["buyer 1", "return", "buy", "→ bought"],
    ["buyer 2", "read", "read stock", "→ 0", "stock"],
    ["buyer 2", "return", "buy", "→ sold out"],
  ]),
};
const withNearest: Result = { ...oversold, counterexample: { ...soldTwice, nearestPassing } };
const witness = {
  operations: [0, 1, 2, 3, 4],
  order: [1, 0, 4],
  states: ["[7]", "[]", "[9]"],
  blamed: [2, 3],
  sentence: "An order explains all 3 answers and ends at [9], where consumer's get() need not wait.",
};
const queue: Result = {
  ...oversold,
  scenario: "queue",
  message: "1 item lost",
  counterexample: { ...lostItem, witness },
};

let folder: string;
let template: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "forkcheck-page-"));
  await build({
    configFile: join(import.meta.dirname, "page/vite.config.mjs"),
    logLevel: "error",
    build: { outDir: folder },
  });
  template = readFileSync(join(folder, "template.html"), "utf8");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the file", () => {
  test("of a run of 200 steps is at most 150 kB", () => {
    const html = renderPage([{ ...oversold, counterexample: longRun(200) }], { template });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(150_000);
  });

  test("of 200 steps, each an operation of its own in another, beside as many that hold, is at most 150 kB", () => {
    const run = longRun(200);
    const history = run.trace.map(({ process, step, object }, id): Operation => {
      const ends = { outcome: "returned", invoked: step, returned: step, depth: 1 } as const;
      return { id, process, operation: "add", object, args: [step], result: step, ...ends };
    });
    const nested = { ...run, history };
    const counterexample = { ...nested, nearestPassing: { ...nearestPassing, ...nested } };
    const html = renderPage([{ ...oversold, counterexample }], { template });
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(150_000);
  });

  test("gives back what it was given, whatever stands under the names of its lists", () => {
    const runs = fc.record({ trace: fc.jsonValue(), history: fc.array(fc.dictionary(fc.string(), fc.jsonValue())) });
    fc.assert(
      fc.property(fc.oneof(runs, fc.record({ trace: runs, rows: runs, kept: runs })), (data) => {
        const given = JSON.parse(JSON.stringify(data)) as object;
        expect(decodePageData(encodePageData(data))).toEqual(given);
      }),
    );
  });

  test("names no other file", () => {
    const html = renderPage([oversold], { template });
    expect(html).not.toMatch(/(src|href)="(?!data:)/);
    expect(html).not.toMatch(/@import|url\((?!data:|#)/);
  });

  test("names places in the code from the project's folder", () => {
    const counterexample = {
      ...soldTwice,
      trace: soldTwice.trace.map((entry) => ({ ...entry, source: entry.source && `/home/me/project/${entry.source}` })),
    };
    const html = renderPage([{ ...oversold, counterexample }], { template, root: "/home/me/project", readSource });
    expect(html).not.toContain("/home/me");
    expect(html).toContain('"ticket-rush.ts:11":"line of ticket-rush.ts:11"');
  });

  test("holds whatever a program printed as text", () => {
    const evil = "</script><script>alert(1)</script>$&<!--";
    const html = renderPage([{ ...oversold, scenario: evil, message: evil }], { template });
    expect(html).not.toContain("<script>alert");
    expect(html.match(/<script/g)!.length).toBe(2);
  });
});

const browserTests = hasBrowser ? describe : describe.skip;
if (!hasBrowser) console.warn("no Chromium: the page is not tested in a browser");

browserTests("in a browser the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test("makes one request, for itself, and no error", async () => {
    const requests: string[] = [];
    const errors: string[] = [];
    const page = await browser.newPage();
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => errors.push(message.text()));
    await show(page, [oversold]);
    expect(requests.filter((url) => !url.startsWith("data:")).length).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("steps forward and back by key, with the state beside it and a link to the step", async () => {
    const page = await open([{ ...oversold, counterexample: { ...soldTwice, explanation: [] } }], { hash: "#step=1" });
    const panel = page.getByRole("complementary");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 1");
    await expect.poll(() => textOf(panel.getByRole("row", { name: "stock" }))).toBe("stock 1");
    for (const key of ["ArrowDown", "j"]) await page.keyboard.press(key);
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 3");
    await expect.poll(() => textOf(panel.getByRole("row", { name: "stock" }))).toBe("stock1 0 (changed here)");
    expect(page.url()).toMatch(/#step=3$/);
    await page.keyboard.press("k");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 2");
    await page.keyboard.press("n");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 5");
    await page.keyboard.press("End");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 6");
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 6");
    await page.close();
  });

  test("shows beside a step where every process stands in its code, and what is written there", async () => {
    const page = await open([oversold], { hash: "#step=3", readSource });
    const panel = page.getByRole("complementary");
    await expect.poll(() => textOf(panel.getByRole("heading").first())).toBe("Step 3");
    const sourceOf = ({ process }: { process: string }): string =>
      soldTwice.trace.findLast((entry) => entry.process === process && entry.step <= 3 && entry.source)!.source!;
    for (const end of soldTwice.ends) {
      const place = sourceOf(end);
      expect(await textOf(panel)).toContain(`${place}line of ${place}`);
    }
    await page.close();
  });

  test("steps by click, on a row and on the buttons", async () => {
    const page = await open([oversold]);
    await page.getByRole("row", { name: "write stock" }).first().click();
    await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 3");
    await page.getByRole("button", { name: "Next row" }).click();
    await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 4");
    await page.getByRole("button", { name: "First row" }).click();
    await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 1");
    await page.close();
  });

  test("opens at the step and the scenario of its address", async () => {
    const page = await open([queue, result({}), { ...oversold, scenario: "购票" }], {
      hash: `#scenario=${encodeURIComponent("购票")}&step=5`,
    });
    await expect.poll(() => textOf(page.getByRole("heading", { level: 1 }))).toBe("✗ 购票: 2 tickets sold, 1 in stock");
    await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 5");
    await page.getByRole("link", { name: "queue" }).click();
    await expect.poll(() => textOf(page.getByRole("heading", { level: 1 }))).toBe("✗ queue: 1 item lost");
    await page.close();
  });

  test("tells a screen reader the row that was chosen", async () => {
    const page = await open([oversold], { hash: "#step=1" });
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await expect
      .poll(() => textOf(page.locator("[aria-live]")))
      .toBe("Step 2, buyer 2: read stock → 1. needed: buyer 1 pauses between its read and its write");
    const active = await page.getByRole("grid").getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).getAttribute("aria-selected")).toBe("true");
    await page.close();
  });

  test("folds, unfolds and filters", async () => {
    const page = await open([{ ...oversold, counterexample: longRun(100) }]);
    const rows = page.locator(".row");
    const folded = await rows.count();
    expect(folded).toBeLessThan(60);
    await page.locator(".row.fold").first().click();
    expect(await rows.count()).toBe(folded + 5);
    await page.getByLabel("fold quiet stretches").uncheck();
    expect(await rows.count()).toBe(103);
    await page.getByText("all processes").click();
    await page.getByRole("checkbox", { name: "worker 1" }).uncheck();
    expect(await rows.count()).toBeLessThan(75);
    await page.getByRole("searchbox").fill("no such thing");
    await expect
      .poll(() => textOf(page.locator(".empty")))
      .toBe("No row matches. Clear the filters to see the run again.");
    await page.close();
  });

  test("draws how far the history can be explained, and leads from an operation to its step", async () => {
    const page = await open([queue]);
    await expect.poll(() => textOf(page.locator(".timeline > p"))).toContain(witness.sentence);
    expect(await page.locator(".timeline .bar").count()).toBe(5);
    expect(await page.locator(".timeline .bar.blamed").count()).toBe(2);
    await page.getByRole("button", { name: "14 to the end" }).click();
    await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 14");
    await page.close();
  });

  test("draws how far a real failure can be explained, from the check to the picture", async () => {
    await using checker = new Checker();
    const wrong = await checker.check(stackCheckThenSet as unknown as Scenario, { seed: 1, jobs: 1 });
    const { witness: real, history } = wrong.counterexample!;
    const calls = history.filter(({ object, depth }) => object === null && depth === 0);
    expect(real!.operations).toEqual(calls.map(({ id }) => id));
    const page = await open([wrong]);
    await expect.poll(() => textOf(page.locator(".timeline > p"))).toContain(real!.sentence);
    expect(real!.sentence).toMatch(/^The longest order that a stack allows explains 2 of 3 answers and ends at /);
    expect(await page.locator(".timeline .bar").count()).toBe(3);
    expect(await page.locator(".timeline .point").count()).toBe(2);
    expect(await page.locator(".timeline td", { hasText: "none" }).count()).toBe(1);
    expect(await violationsOfAxe(page)).toEqual([]);
    await page.screenshot({ path: join(screens, "stack-light.png"), fullPage: true });
    await page.close();
  });

  test("shows the nearest run that holds beside it, with the reversed race", async () => {
    const page = await open([withNearest]);
    const comparison = page.getByRole("region", { name: "The nearest run that holds" });
    await expect.poll(() => textOf(comparison.locator(".marked").nth(0))).toBe("2buyer 2read stock → 1 (reversed)");
    expect(await comparison.locator(".marked").count()).toBe(4);
    await page.close();
  });

  test.each(["light", "dark"] as const)(
    "has nothing that axe finds, in %s",
    { timeout: 300_000 },
    async (colorScheme) => {
      const shown: readonly (readonly [string, readonly Result[], Options])[] = [
        ["sold-twice", [withNearest], { readSource }],
        ["queue", [queue, result({}), result({ scenario: "x", verdict: "error" })], {}],
        ["deadlock", [{ ...oversold, counterexample: deadlock }], {}],
        ["ten-buyers", [{ ...oversold, counterexample: tenBuyers() }], {}],
        ["chinese", [{ ...oversold, counterexample: chinese }], {}],
        ["passes", [result({})], {}],
      ];
      for (const [name, results, options] of shown) {
        const page = await open(results, options, colorScheme);
        await page.screenshot({ path: join(screens, `${name}-${colorScheme}.png`), fullPage: true });
        const found = await violationsOfAxe(page);
        expect([name, found]).toEqual([name, []]);
        await page.close();
      }
    },
  );

  test("walks through 10,000 steps as through 100: a key takes no longer for what is not on the screen", async () => {
    const medianOf = async (steps: number): Promise<number> => {
      const page = await open([{ ...oversold, counterexample: longRun(steps, 6) }], { hash: "#step=1" });
      await page.getByLabel("fold quiet stretches").uncheck();
      const median = await page.evaluate<number>(walk);
      expect(await page.locator(".row").count()).toBeLessThan(200);
      await page.keyboard.press("End");
      await page.keyboard.press("Home");
      await expect.poll(() => textOf(page.getByRole("heading", { name: /^Step/ }))).toBe("Step 1");
      await page.close();
      return median;
    };
    // Both in the same minute on the same machine, however busy it is. A walk that looked at all rows would take 100 times.
    const short = await medianOf(100);
    expect(await medianOf(10_000)).toBeLessThan(10 * short);
  });

  test("prints the diagram without its controls, and a long run as text", async () => {
    const short = await open([oversold]);
    await short.emulateMedia({ media: "print" });
    expect(await short.locator(".toolbar").isVisible()).toBe(false);
    expect(await short.locator(".space-time").isVisible()).toBe(true);
    expect(await short.locator("#forkcheck-text").isVisible()).toBe(false);
    await short.close();
    const long = await open([{ ...oversold, counterexample: longRun(5000) }]);
    await long.emulateMedia({ media: "print" });
    expect(await long.locator("#forkcheck-text").isVisible()).toBe(true);
    await long.close();
  });

  test("without JavaScript still shows the report as text", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await show(page, [oversold]);
    expect(await page.locator("#forkcheck-text").innerText()).toContain("2 tickets sold, 1 in stock");
    await context.close();
  });

  interface Options extends PageOptions {
    readonly hash?: string;
  }

  async function open(
    results: readonly Result[],
    options: Options = {},
    colorScheme?: "light" | "dark",
  ): Promise<Page> {
    const page = await browser.newPage({ colorScheme: colorScheme ?? "light", viewport: { width: 1280, height: 800 } });
    await show(page, results, options);
    return page;
  }

  async function show(page: Page, results: readonly Result[], options: Options = {}): Promise<void> {
    const file = join(folder, "report.html");
    writeFileSync(file, renderPage(results, { template, runsMax: 1000, ...options }));
    await page.goto(`file://${file}${options.hash ?? ""}`);
  }
});

function readSource(place: string): string {
  return `  line of ${place.split("/").at(-1)}`;
}

/** Runs in the page: presses keys, and says how long it took until the page had been drawn again, in the median. */
const walk = `(async () => {
  const times = [];
  const keys = [...Array(30).fill("ArrowDown"), ...Array(20).fill("PageDown"), "End", "ArrowUp", "Home"];
  document.querySelector("[role=grid]").focus();
  for (const key of keys) {
    const start = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
})()`;
