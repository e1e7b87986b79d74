import type { MomentRow, Row } from "../diagram/diagram.ts";
import type { Paint } from "./paint.ts";
import { count, printable, widthOf, wrap } from "./text.ts";

/** A margin narrower than this is none: its notes stand on lines of their own. */
const marginWidthMin = 24;

/** Of what one row printed, so many lines are shown. */
const printedLinesMax = 8;

/** A line of the drawing, before and after its margin. */
interface Line {
  readonly text: string;
  readonly style: "quiet" | "said";
}

/**
 * Joins a drawn row with its notes: beside it while the margin is wide enough, else below it, indented to `below`.
 * `filler` draws the same columns without an event, for the lines that only the notes need.
 */
export function joinMargin(
  row: Row,
  drawn: string,
  drawnWidth: number,
  filler: string,
  place: { readonly start: number; readonly below: number; readonly columns: number },
  paint: Paint,
): readonly string[] {
  const room = place.columns - place.start;
  if (room < marginWidthMin) {
    const lines = marginLines(row, place.columns - place.below - 2);
    return [
      drawn.trimEnd(),
      ...lines.map(
        (line, index) => " ".repeat(place.below) + paint(line.style, (index === 0 ? "└ " : "  ") + line.text),
      ),
    ];
  }
  const lines = marginLines(row, room);
  if (lines.length === 0) return [drawn.trimEnd()];
  const gap = " ".repeat(Math.max(0, place.start - drawnWidth));
  return lines.map((line, index) => (index === 0 ? drawn : filler) + gap + paint(line.style, line.text));
}

/** The notes and prints of a row, broken into lines of at most so many cells. */
function marginLines(row: Row, width: number): readonly Line[] {
  const prints = row.kind === "moment" ? printsOf(row) : [];
  return [
    ...row.notes.flatMap((note) => wrap(printable(note), width).map((text): Line => ({ text, style: "quiet" }))),
    ...prints.flatMap((print) => hang("» ", print, width).map((text): Line => ({ text, style: "said" }))),
  ];
}

function printsOf(row: MomentRow): readonly string[] {
  const lines = row.prints.map((line) => printable(line));
  if (lines.length <= printedLinesMax) return lines;
  const hidden = lines.length - printedLinesMax;
  return [...lines.slice(0, printedLinesMax), `(${count(hidden, "more line")})`];
}

function hang(prefix: string, text: string, width: number): readonly string[] {
  const indent = " ".repeat(widthOf(prefix));
  return wrap(text, width - indent.length).map((line, index) => (index === 0 ? prefix : indent) + line);
}
