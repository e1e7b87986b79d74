import type { Position } from "../../harness/position.ts";
import type { Result } from "../../harness/result.ts";
import {
  formatCounterexample,
  formatDiagram,
  painter,
  proofOf,
  sayProof,
  speaker,
  wrap,
  type Language,
  type Lesson,
  type Say,
  type Word,
} from "../../reports/index.ts";

/** What a lesson looks like in a terminal: text that goes on downwards, so that what was played can be read again. */
export class Screen {
  readonly #language: Language;
  readonly #columns: number;
  readonly #layout: { readonly colour: boolean; readonly columns: number };
  readonly #paint: ReturnType<typeof painter>;
  readonly #say: Say;
  readonly #write: (text: string) => void;
  #hint = "";

  constructor(
    language: Language,
    layout: { readonly colour: boolean; readonly columns: number },
    write: (text: string) => void,
  ) {
    this.#language = language;
    this.#layout = layout;
    this.#columns = Math.min(layout.columns, COLUMNS_MAX);
    this.#paint = painter(layout.colour);
    this.#say = speaker(language);
    this.#write = write;
  }

  open(lesson: Lesson, lessons: readonly Lesson[]): void {
    const place = this.#say("lesson", lessons.indexOf(lesson) + 1, lessons.length);
    this.#line(`${this.#paint("quiet", place)}  ${this.#paint("name", lesson.title[this.#language])}`);
    this.#line();
    this.#paragraph(lesson.story[this.#language]);
    this.#line();
    this.#code(lesson.code);
    this.#line();
    this.#line(this.#paint("name", this.#say("question")));
    this.#paragraph(lesson.question[this.#language]);
    this.#line();
  }

  play(version: Version): void {
    this.#hint = "";
    this.#heading("youSchedule");
    this.#paragraph(this.#say(version === "wrong" ? "play" : "playRepaired"));
    this.#line();
  }

  /** The run so far, and what came of it if it is over. */
  board(position: Position, version: Version, lesson: Lesson): void {
    const { trace, history, ends, choices, violation } = position;
    const rows =
      trace.length === 0
        ? [`  ${this.#paint("quiet", this.#say("start"))}`]
        : formatDiagram({ trace, history, ends, explanation: [] }, this.#layout);
    for (const row of rows) this.#line(row);
    this.#line();
    if (choices.length > 0) return;
    if (violation !== null) this.#paragraph(this.#say("broken", violation.message), "bad");
    else this.#paragraph(this.#say(heldWord(version, lesson)), "good");
    if (violation !== null)
      this.#line(`  ${this.#paint("quiet", this.#say("replay"))}   npx forkcheck replay ${position.token}`);
    this.#line();
  }

  /** What can be pressed now. */
  keys({ choices }: Position, hasPast: boolean): void {
    if (choices.length > 0) this.#line(this.#paint("name", this.#say("whoMoves")));
    for (const [index, { process, label, preempts }] of choices.entries()) {
      const note = preempts ? `  ${this.#paint("quiet", `(${this.#say("preempts")})`)}` : "";
      this.#line(`  ${this.#paint("in", String(index + 1))}  ${process}  ${label}${note}`);
    }
    const keys: [string, Word][] = [
      ...(hasPast
        ? ([
            ["u", "undo"],
            ["r", "again"],
          ] as [string, Word][])
        : []),
      ["h", "hint"],
      [this.#say("enter"), "goOn"],
      ["q", "leave"],
    ];
    this.#line(keys.map(([key, word]) => `${this.#paint("in", key)} ${this.#say(word)}`).join("   "));
    if (this.#hint !== "") this.#paragraph(this.#hint, "doubt");
    this.#line();
  }

  hint(lesson: Lesson): void {
    this.#hint = lesson.hint[this.#language];
  }

  pressEnter(): void {
    this.#line(this.#paint("quiet", this.#say("press", this.#say("enter"))));
  }

  searching(): void {
    this.#line(this.#paint("quiet", this.#say("searching")));
  }

  failure(lesson: Lesson, result: Result): void {
    this.#heading("smallest");
    if (result.counterexample !== undefined) {
      this.#paragraph(`✗ ${result.message ?? ""}`, "bad");
      this.#line();
      this.#line(formatCounterexample(result.counterexample, { ...this.#layout, found: result }));
    } else this.#paragraph(result.message ?? "", "doubt");
    this.#line();
    this.#paragraph(lesson.found[this.#language]);
    this.#line();
  }

  repair(lesson: Lesson): void {
    this.#heading("repair");
    this.#code(lesson.repairedCode);
    this.#line();
    this.#paragraph(lesson.repair[this.#language]);
    this.#line();
  }

  proof(lesson: Lesson, result: Result): void {
    this.#heading("proof");
    if (result.verdict !== "pass") this.#paragraph(result.message ?? "", "bad");
    else this.#paragraph(`✓ ${sayProof(this.#say, proofOf(lesson, result))}`, "good");
    this.#paragraph(lesson.proved[this.#language]);
    this.#line();
  }

  close(next: Lesson | undefined): void {
    this.#paragraph(next === undefined ? this.#say("last") : this.#say("nextLesson", next.name), "quiet");
  }

  #heading(word: Word): void {
    this.#line(this.#paint("name", `── ${this.#say(word)} ──`));
    this.#line();
  }

  #code(code: string): void {
    for (const line of code.replace(/^\n|\n$/g, "").split("\n")) {
      const indent = "    " + (/^ */.exec(line)?.[0] ?? "");
      for (const [index, part] of wrap(line.trim(), this.#layout.columns - indent.length - 4).entries()) {
        this.#line(part === "" ? "" : indent + (index === 0 ? "" : "    ") + this.#paint("out", part));
      }
    }
  }

  #paragraph(text: string, style?: Parameters<ReturnType<typeof painter>>[0]): void {
    for (const line of wrap(text, this.#columns)) this.#line(style === undefined ? line : this.#paint(style, line));
  }

  #line(text = ""): void {
    this.#write(`${text}\n`);
  }
}

export type Version = "wrong" | "right";

/** Of the right version it may only be said that no order breaks it where all were executed. */
function heldWord(version: Version, { preemptions }: Lesson): Word {
  if (version === "wrong") return "held";
  return preemptions === undefined ? "heldRepaired" : "heldSearched";
}

/** Longer lines of prose are hard to read, however wide the terminal is. */
const COLUMNS_MAX = 84;
