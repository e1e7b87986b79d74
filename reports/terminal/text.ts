import stringWidth from "string-width";

/** How many terminal cells a text takes: two for a wide East-Asian character, none for a combining one. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Fills up with blanks to a width in cells; a text that is already wider stays as it is. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "left" ? text + blanks : blanks + text;
}

/** Cuts a text to a width in cells and says so with an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width < 1 ? "" : `${kept}…`;
}

/** Breaks a text into lines of at most a width in cells: between words, and inside a word only where it is too long. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(1, width);
  return text.split("\n").flatMap((line) => wrapLine(line, room));
}

/**
 * Makes whatever a program under test printed, threw or named harmless on a screen: an escape sequence would recolour the
 * report, a tab or a line break would break its columns.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const known = escapes[character];
    if (known !== undefined) return known;
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** "1 process", "2 processes", "1,000 runs". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** "12,786" */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** "0.4 ms", "41 ms", "1.2 s", "2 min 5 s" */
export function duration(ms: number): string {
  if (ms < 1) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const [index, word] of line.split(spaces).entries()) {
    for (const [place, piece] of unbreakable(word)
      .flatMap((part) => chop(part, width))
      .entries()) {
      const joint = index > 0 && place === 0 && current !== "" ? " " : "";
      if (current === "" || widthOf(current) + joint.length + widthOf(piece) <= width) current += joint + piece;
      else {
        lines.push(current);
        current = piece;
      }
    }
  }
  return [...lines, current];
}

/** A number stays with its unit: "5.3 s". */
const spaces = /(?<!\d) +| +(?!(?:min|ms|s|%)(?![\p{L}\p{N}]))/u;

/** Chinese breaks between any two characters, but no line begins with a closing mark or ends with an opening one. */
function unbreakable(word: string): readonly string[] {
  return word.match(breaks) ?? [word];
}

const breaks =
  /[（「『“‘《]*(?:\p{Script=Han}|[^\p{Script=Han}（「『“‘《，。、：；！？）」』”’》]+)?[，。、：；！？）」』”’》]*/gu;

function chop(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const { segment } of graphemes.segment(word)) {
    if (piece !== "" && widthOf(piece) + widthOf(segment) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += segment;
  }
  return [...pieces, piece];
}
