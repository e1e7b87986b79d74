import { distance } from "fastest-levenshtein";
import { Checker } from "../harness/check.ts";
import { Play } from "../harness/play.ts";
import type { Position } from "../harness/position.ts";
import { RequestError } from "../harness/request-error.ts";
import type { Result } from "../harness/result.ts";
import { LANGUAGES, painter, type Language, type Lesson } from "../reports/index.ts";
import { LESSONS } from "../scenarios/lessons/index.ts";
import { failureOptions, proofOptions } from "../scenarios/lessons/prove.ts";
import { endOnSignal } from "./ending.ts";
import { Keyboard } from "./learn/keyboard.ts";
import { writeLessons } from "./learn/page.ts";
import { Screen } from "./learn/screen.ts";
import { playThrough } from "./learn/turns.ts";
import { terminalLayout } from "./layout.ts";
import { STATUS } from "./status.ts";
import { VERSION } from "./version.ts";

export interface LearnOptions {
  readonly list?: boolean;
  readonly lang?: Language;
  /** Which of the choices is taken, one after the other, from 1: instead of asking. */
  readonly choices?: readonly number[];
  readonly html?: string;
  readonly json?: boolean;
}

/** `forkcheck learn`: the code, the question, the learner as the scheduler, the smallest failure, the repair, the proof. */
export async function learn(name: string | undefined, options: LearnOptions): Promise<number> {
  const language = options.lang ?? languageOf(process.env);
  if (options.list === true) {
    process.stdout.write(options.json === true ? `${listAsJson()}\n` : `${listAsText(language)}\n`);
    return STATUS.holds;
  }
  using _ending = endOnSignal();
  const lesson = name === undefined ? undefined : lessonNamed(name);
  if (options.html !== undefined)
    return await writeLessons(options.html, lesson === undefined ? LESSONS : [lesson], language);
  return await teach(lesson ?? LESSONS[0], language, options);
}

/** Chinese if the locale is; English otherwise. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== "") ?? "";
  return LANGUAGES.find((language) => locale.toLowerCase().startsWith(language)) ?? "en";
}

async function teach(lesson: Lesson, language: Language, options: LearnOptions): Promise<number> {
  await using checker = new Checker();
  const asJson = options.json === true;
  const screen = new Screen(language, terminalLayout(), asJson ? () => {} : (text) => process.stdout.write(text));
  // Where nobody can press a key, nobody is asked.
  const asks = !asJson && options.choices === undefined && process.stdin.isTTY && process.stdout.isTTY;
  using keyboard = asks ? new Keyboard() : null;

  screen.open(lesson, LESSONS);
  if (keyboard !== null) await keyboard.waitForEnter(screen);
  let position: Position | null = null;
  if (keyboard !== null || options.choices !== undefined) {
    await using play = new Play(lesson.wrong, lesson.input);
    position = await playThrough(play, lesson, screen, keyboard ?? [...(options.choices ?? [])], "wrong");
  }
  screen.searching();
  const wrong = await checker.check(lesson.wrong, failureOptions(lesson));
  screen.failure(lesson, wrong);
  if (keyboard !== null) await keyboard.waitForEnter(screen);
  screen.repair(lesson);
  if (keyboard !== null) {
    await keyboard.waitForEnter(screen);
    await using play = new Play(lesson.right, lesson.input);
    await playThrough(play, lesson, screen, keyboard, "right");
  }
  screen.searching();
  const right = await checker.check(lesson.right, proofOptions(lesson));
  screen.proof(lesson, right);
  screen.close(LESSONS[LESSONS.indexOf(lesson) + 1]);
  if (asJson) process.stdout.write(`${lessonAsJson(lesson, position, wrong, right)}\n`);
  return wrong.verdict === "fail" && right.verdict === "pass" ? STATUS.holds : STATUS.couldNotWork;
}

/** @throws {RequestError} there is no such lesson */
function lessonNamed(name: string): Lesson {
  const found = LESSONS.find((lesson) => [lesson.name, lesson.wrong.name, lesson.right.name].includes(name));
  if (found !== undefined) return found;
  const names = LESSONS.map((lesson) => lesson.name);
  const [nearest] = names.toSorted((a, b) => distance(a, name) - distance(b, name));
  const guess = distance(nearest, name) <= name.length / 2 ? `Did you mean ${nearest}? ` : "";
  throw new RequestError(
    `There is no lesson ${JSON.stringify(name)}.`,
    `${guess}The lessons are: ${names.join(", ")}.`,
  );
}

/** Each with its scenarios below it: beside it they would not fit. */
function listAsText(language: Language): string {
  const paint = painter(terminalLayout().colour);
  const width = Math.max(...LESSONS.map(({ name }) => name.length));
  return LESSONS.map(
    ({ name, title, wrong, right }) =>
      `${paint("name", name.padEnd(width))}  ${title[language]}\n` +
      `${" ".repeat(width)}  ${paint("quiet", `${wrong.name} → ${right.name}`)}`,
  ).join("\n");
}

function listAsJson(): string {
  const lessons = LESSONS.map(({ name, title, wrong, right, input }) => ({
    name,
    title,
    wrong: wrong.name,
    right: right.name,
    input,
  }));
  return JSON.stringify({ forkcheck: VERSION, lessons });
}

function lessonAsJson({ name }: Lesson, position: Position | null, wrong: Result, right: Result): string {
  const played =
    position === null
      ? null
      : { trace: position.trace, choices: position.choices, violation: position.violation, token: position.token };
  return JSON.stringify({ forkcheck: VERSION, lesson: name, played, wrong, right });
}
