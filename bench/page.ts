import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { build } from "vite";
import { hasBrowser, launchBrowser } from "../reports/fixtures/browser.ts";
import { longRun, oversold } from "../reports/fixtures/runs.ts";
import { renderPage } from "../reports/html/page.ts";
import type { Bench, BenchRow } from "./bench.ts";

/**
 * What a reader feels of the page of a long run, in Chromium: how long it takes from one frame to the next while she steps by key
 * and while she scrolls, every row unfolded. The ratio compares with a run of 100 steps, on the same machine in the same minute.
 */
export const page: Bench = {
  name: "page",
  async run(_, progress) {
    if (!hasBrowser)
      throw new Error("There is no Chromium at /usr/bin/chromium. Install it: the page is measured there.");
    const folder = mkdtempSync(join(tmpdir(), "forkcheck-bench-"));
    const browser = await launchBrowser();
    try {
      const open = await opener(folder, browser);
      const rows = [];
      for (const way of ["key", "scroll"] as const) {
        const short = await framesOf(await open(100), way);
        const long = await framesOf(await open(10_000), way);
        for (const part of ["median", "95 %", "longest"] as const) {
          const row = compared(`${way}, 10,000 steps, ${part}`, long[part], short[part]);
          progress(row);
          rows.push(row);
        }
      }
      return rows;
    } finally {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const PROCESSES = 6;
const FRAMES = 200;

/** Opens the page of a run of so many steps, unfolded. */
async function opener(folder: string, browser: Browser): Promise<(steps: number) => Promise<Page>> {
  const configFile = join(import.meta.dirname, "../reports/html/page/vite.config.mjs");
  await build({ configFile, logLevel: "error", build: { outDir: folder } });
  const template = readFileSync(join(folder, "template.html"), "utf8");
  return async (steps) => {
    const file = join(folder, `${steps}.html`);
    const result = { ...oversold, counterexample: longRun(steps, PROCESSES) };
    writeFileSync(file, renderPage([result], { template, runsMax: 1000 }));
    const opened = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await opened.goto(`file://${file}#step=1`);
    await opened.getByLabel("fold quiet stretches").uncheck();
    return opened;
  };
}

interface Frames {
  readonly median: number;
  readonly "95 %": number;
  readonly longest: number;
}

/** Milliseconds from frame to frame. */
async function framesOf(opened: Page, way: "key" | "scroll"): Promise<Frames> {
  const times = await opened.evaluate<number[]>(`(${way === "key" ? walk : scroll})(${FRAMES})`);
  await opened.close();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { median: at(0.5), "95 %": at(0.95), longest: at(1) };
}

function compared(name: string, value: number, peerValue: number): BenchRow {
  const rounded = (number: number): number => Math.round(number * 10) / 10;
  const ratio = Math.round((value / peerValue) * 100) / 100;
  return { name, value: rounded(value), unit: "ms a frame", peer: "100 steps", peerValue: rounded(peerValue), ratio };
}

// These run in the page.

/** A key for each frame, up and down in turn where the run ends early. */
const walk = `async (frames) => {
  const times = [];
  const grid = document.querySelector("[role=grid]");
  grid.focus();
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < frames; frame++) {
    const key = frame % 160 < 80 ? "ArrowDown" : "ArrowUp";
    grid.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}`;

/** Four rows further with each frame. */
const scroll = `async (frames) => {
  const times = [];
  const scroller = document.querySelector(".scroller");
  let last = await new Promise(requestAnimationFrame);
  let step = 112;
  for (let frame = 0; frame < frames; frame++) {
    const before = scroller.scrollTop;
    scroller.scrollTop += step;
    if (scroller.scrollTop === before) step = -step;
    const now = await new Promise(requestAnimationFrame);
    times.push(now - last);
    last = now;
  }
  return times;
}`;
