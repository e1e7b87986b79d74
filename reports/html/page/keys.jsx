/** @typedef {import("../view.ts").Item} Item */

/** Rows that a page key moves by. */
const pageRows = 10;

/**
 * Where a key leads to in the list; null if the key means nothing here.
 *
 * @param {KeyboardEvent} event
 * @param {readonly Item[]} items
 * @param {number} index
 * @returns {number | null}
 */
export function moveByKey(event, items, index) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowRight":
    case "j":
      return index + 1;
    case "ArrowUp":
    case "ArrowLeft":
    case "k":
      return index - 1;
    case "PageDown":
      return index + pageRows;
    case "PageUp":
      return index - pageRows;
    case "Home":
      return 0;
    case "End":
      return items.length - 1;
    case "n":
      return findSwitch(items, index, 1);
    case "p":
      return findSwitch(items, index, -1);
    default:
      return null;
  }
}

/**
 * The next row, in one direction, at which another process takes over.
 *
 * @param {readonly Item[]} items
 * @param {number} index
 * @param {1 | -1} direction
 */
export function findSwitch(items, index, direction) {
  for (let next = index + direction; next >= 0 && next < items.length; next += direction) {
    const item = items[next];
    if (item.kind === "moment" && item.switched) return next;
  }
  return direction === 1 ? items.length - 1 : 0;
}

/** What the keys do, for the reader. */
export const keysInWords = [
  ["↓ → j", "next row"],
  ["↑ ← k", "previous row"],
  ["n / p", "next, previous switch"],
  ["Home / End", "first, last row"],
  ["Enter", "open a fold"],
];
