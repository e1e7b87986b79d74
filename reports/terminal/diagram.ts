import type { Diagram, Row } from "../diagram/diagram.ts";
import { foldQuiet, terminalFolds } from "../diagram/folds.ts";
import type { FoldRow } from "../diagram/folds.ts";
import { drawColumns, planColumns } from "./columns.ts";
import { drawLanes } from "./lanes.ts";
import type { Paint } from "./paint.ts";

/**
 * Draws a diagram for a terminal so many cells wide. Where every process can have a column, it gets one; where there are too
 * many, each gets a narrow lane, and what is done stands to the right of the lanes.
 */
export function drawDiagram(diagram: Diagram, columns: number, paint: Paint): readonly string[] {
  if (diagram.rows.length === 0) return [paint("quiet", "  (no process took a step)")];
  const rows: readonly (Row | FoldRow)[] = foldQuiet(diagram, terminalFolds);
  const plan = planColumns(diagram, rows, columns);
  return plan === null ? drawLanes(diagram, rows, columns, paint) : drawColumns(diagram, rows, plan, columns, paint);
}
