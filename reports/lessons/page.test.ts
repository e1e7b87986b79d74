import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scenario } from "../../harness/scenario.ts";
import { hasBrowser, launchBrowser, screensFolder, textOf, violationsOfAxe } from "../fixtures/browser.ts";
import { orders } from "../fixtures/orders.ts";
import { oversold, result } from "../fixtures/runs.ts";
import type { Language, Text } from "./language.ts";
import { renderLessons, type LessonData } from "./page.ts";
import { buildPlayTree } from "./play-tree.ts";

const screens = screensFolder("lessons");

describe.runIf(hasBrowser)("in a browser the page of lessons", () => {
  let folder: string;
  let browser: Browser;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "forkcheck-lessons-"));
    const configFile = join(import.meta.dirname, "page/vite.config.mjs");
    await build({ configFile, logLevel: "error", build: { outDir: folder } });
    const template = readFileSync(join(folder, "template.html"), "utf8");
    file = join(folder, "lessons.html");
    writeFileSync(file, renderLessons([await lesson("first"), await lesson("second")], { language: "en", template }));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("makes one request and lets the learner play by key and by click, until it breaks", async () => {
    const page = await browser.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`file://${file}`);
    const play = page.locator(".play").first();
    expect(await textOf(play.locator(".choice").first())).toBe("1 a go");
    // Without anything in focus, and by click.
    await page.keyboard.press("2");
    expect(await textOf(play.locator("tbody"))).toBe("1go");
    await page.keyboard.press("r");
    await play.locator(".choice").nth(1).click();
    expect(await textOf(play.locator("tbody"))).toBe("1go");
    await page.keyboard.press("u");
    expect(await textOf(play.locator("tbody"))).toBe("Nobody has moved yet.");
    expect(await page.getByRole("heading", { name: "The smallest failure" }).count()).toBe(0);
    await page.keyboard.press("2");
    await page.keyboard.press("1");
    await page.keyboard.press("1");
    expect(await textOf(play.getByRole("status"))).toContain("You broke it: b was first.");
    await page.getByRole("heading", { name: "The smallest failure" }).waitFor();
    await page.keyboard.press("r");
    expect(await textOf(play.locator("tbody"))).toBe("Nobody has moved yet.");
    expect(requests.filter((url) => !url.startsWith("data:")).length).toBe(1);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("speaks both languages, and leads from lesson to lesson", async () => {
    const page = await browser.newPage();
    await page.goto(`file://${file}`);
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("heading", { name: "现在你来调度" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("zh");
    // The button of the language has the focus now.
    await page.keyboard.press("2");
    expect(await textOf(page.locator(".play tbody").first())).toBe("1go");
    await page.getByRole("button", { name: "主题: 跟随系统" }).waitFor();
    await page.getByRole("link", { name: "second" }).first().click();
    await page.getByRole("heading", { level: 1, name: "second" }).waitFor();
    await page.close();
  });

  test.each(["light", "dark"] as const)("has nothing that axe finds, in %s", async (colorScheme) => {
    const page = await browser.newPage({ colorScheme });
    await page.goto(`file://${file}`);
    await reveal(page);
    await page.screenshot({ path: join(screens, `lessons-${colorScheme}.png`), fullPage: true });
    expect(await violationsOfAxe(page)).toEqual([]);
    await page.close();
  });

  test("shows what it does not follow, and says where that can be played", async () => {
    const page = await browser.newPage();
    const template = readFileSync(join(folder, "template.html"), "utf8");
    const partly = join(folder, "partly.html");
    writeFileSync(partly, renderLessons([await lesson("third", 2)], { language: "en", template }));
    await page.goto(`file://${partly}`);
    const play = page.locator(".play").first();
    const withheld = play.locator(".choice:disabled");
    await play.locator(".choice").first().click();
    await withheld.first().waitFor();
    expect(await withheld.count()).toBe(1);
    expect(await textOf(withheld)).toContain("(not in this page)");
    await page.keyboard.press("2");
    expect(await textOf(play.locator("tbody"))).toBe("1go");
    expect(await textOf(play)).toContain("In a terminal you can play every one of them: forkcheck learn third.");
    expect(await violationsOfAxe(page)).toEqual([]);
    await page.close();
  });

  async function reveal(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Show me the smallest failure" }).click();
    await page.getByRole("heading", { name: "The proof" }).waitFor();
  }
});

async function lesson(name: string, runsMax = 100): Promise<LessonData> {
  const tree = await buildPlayTree(orders(2), { runsMax });
  const text = (en: string): Text => ({ en, zh: en }) satisfies Record<Language, string>;
  const scenario = { name } as Scenario;
  return {
    lesson: {
      name,
      title: text(name),
      wrong: scenario,
      right: scenario,
      input: {},
      code: "go();",
      repairedCode: "wait();",
      story: text("Two go."),
      question: text("Who?"),
      hint: text("b"),
      found: text("b"),
      repair: text("`wait`"),
      proved: text("a first"),
    },
    wrong: oversold,
    right: result({ exhaustive: true }),
    wrongTree: tree,
    rightTree: tree,
  };
}
