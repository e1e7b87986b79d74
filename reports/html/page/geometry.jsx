/** Height of a row, in pixels; the style sheet has the same number. */
export const rowPx = 28;
/** Width of a process's name in front of what it did, where processes have lanes. */
export const whoPx = 110;

/**
 * Where things go, in pixels. `columns` is true if what a process did stands in its own column; else all texts stand in one
 * column beside the lanes.
 *
 * @typedef {{
 *   readonly columns: boolean,
 *   readonly laneX: (column: number) => number,
 *   readonly textX: (column: number) => number,
 *   readonly textPx: number,
 *   readonly notesX: number,
 *   readonly notesPx: number,
 *   readonly totalPx: number,
 * }} Geometry
 */

const numberPx = 52;
const columnPxMin = 130;
const columnPxMax = 270;
/** Where nothing is noted beside the columns, they may take the room of the notes. */
const untoldColumnPxMax = 400;
const lanePx = 22;
const laneTextPxMin = 140;
const laneTextPxMax = 300;
const notesPxMin = 180;
/** Room that a character takes, by and large. */
const characterPx = 7.4;

/**
 * Gives each process a column where they fit, and a narrow lane where they do not.
 *
 * @param {import("../../diagram/diagram.ts").Diagram} diagram
 * @param {number} width
 * @returns {Geometry}
 */
export function planGeometry(diagram, width) {
  const count = Math.max(1, diagram.columns.length);
  const told = diagram.rows.some((row) => row.notes.length > 0 || (row.kind === "moment" && row.prints.length > 0));
  const notesMin = told ? notesPxMin : 0;
  const wish = longestText(diagram) * characterPx;
  const room = Math.floor((width - numberPx - notesMin) / count);
  if (room >= columnPxMin) {
    const columnPx = Math.min(room, Math.max(columnPxMin, Math.min(told ? columnPxMax : untoldColumnPxMax, wish + 44)));
    const notesX = numberPx + count * columnPx + 8;
    return {
      columns: true,
      laneX: (column) => numberPx + column * columnPx + 12,
      textX: (column) => numberPx + column * columnPx + 26,
      textPx: columnPx - 34,
      notesX,
      notesPx: Math.max(notesMin, width - notesX - 8),
      totalPx: Math.max(width, notesX + notesMin),
    };
  }
  const textX = numberPx + count * lanePx + 12;
  const textPx = Math.max(laneTextPxMin, Math.min(laneTextPxMax, wish + 10));
  const notesX = textX + whoPx + textPx + 8;
  return {
    columns: false,
    laneX: (column) => numberPx + column * lanePx + lanePx / 2,
    textX: () => textX,
    textPx,
    notesX,
    notesPx: Math.max(notesMin, width - notesX - 8),
    totalPx: Math.max(width, notesX + notesMin),
  };
}

/**
 * In characters; endings are left out, which are long and rare.
 *
 * @param {import("../../diagram/diagram.ts").Diagram} diagram
 */
function longestText(diagram) {
  return diagram.rows.reduce(
    (longest, row) => (row.kind === "end" ? longest : Math.max(longest, row.action.length + row.value.length + 1)),
    0,
  );
}

/**
 * A length for a style.
 *
 * @param {number} length
 */
export function px(length) {
  return `${length}px`;
}
