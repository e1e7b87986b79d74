import type { Play } from "../../harness/play.ts";
import type { Position } from "../../harness/position.ts";
import type { Lesson } from "../../reports/index.ts";
import type { Keyboard } from "./keyboard.ts";
import type { Screen, Version } from "./screen.ts";

/**
 * The learner takes turns as the scheduler until she goes on. A list of answers plays once: each says which of the choices is
 * taken, from 1; after the last one the run goes on without an interruption, as far as that goes.
 *
 * @returns where the last run stands
 */
export async function playThrough(
  play: Play,
  lesson: Lesson,
  screen: Screen,
  from: Keyboard | readonly number[],
  version: Version,
): Promise<Position> {
  screen.play(version);
  let path: Position[] = [await play.at([])];
  if (Array.isArray(from)) {
    const end = await answered(play, path[0], from);
    screen.board(end, version, lesson);
    return end;
  }
  const keyboard = from as Keyboard;
  for (;;) {
    const position = path[path.length - 1];
    screen.board(position, version, lesson);
    screen.keys(position, path.length > 1);
    const key = await keyboard.key();
    const choice = position.choices[Number(key) - 1];
    if (choice !== undefined) path.push(await play.at([...position.guide, choice.strand]));
    else if (key === "u" || key === "backspace" || key === "left") path = path.slice(0, Math.max(1, path.length - 1));
    else if (key === "r") path = path.slice(0, 1);
    else if (key === "h") screen.hint(lesson);
    else if (key === "return" || key === "enter") return position;
    else if (key === "q") process.exit(0);
  }
}

async function answered(play: Play, start: Position, answers: readonly number[]): Promise<Position> {
  let position = start;
  for (const answer of answers) {
    const choice = position.choices[answer - 1];
    if (choice === undefined) return position;
    position = await play.at([...position.guide, choice.strand]);
  }
  while (position.choices.length > 0) {
    const { choices, guide } = position;
    position = await play.at([...guide, (choices.find(({ preempts }) => !preempts) ?? choices[0]).strand]);
  }
  return position;
}
