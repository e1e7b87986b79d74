import { useCallback, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { layOut } from "../../diagram/diagram.ts";
import { followObjects } from "../../diagram/state.ts";
import { findItem, listItems, noFilter, rowsUnfoldedMax, sayItem, stepOf } from "../view.ts";
import { Comparison } from "./comparison.jsx";
import { moveByKey } from "./keys.jsx";
import { Panel } from "./panel.jsx";
import { SpaceTime } from "./space-time.jsx";
import { Timeline } from "./timeline.jsx";
import { Toolbar } from "./toolbar.jsx";

/**
 * The run: its diagram, the controls to walk through it, and the state beside it.
 *
 * @param {{
 *   run: import("../../../harness/result.ts").Counterexample,
 *   witness: import("../../../harness/property.ts").Witness | null,
 *   sources: Readonly<Record<string, string>>,
 *   step: number | null,
 *   onStep: (step: number) => void,
 * }} props
 */
export function Explorer({ run, witness, sources, step, onStep }) {
  const diagram = useMemo(() => layOut(run), [run]);
  const objects = useMemo(() => followObjects(run.trace), [run]);
  const [filter, setFilter] = useState(() => ({ ...noFilter, folded: diagram.rows.length > rowsUnfoldedMax }));
  const items = useMemo(() => listItems(diagram, filter), [diagram, filter]);
  // The row itself is remembered too: endings that have no step of their own share the number of the last one.
  const [chosen, setChosen] = useState(/** @type {import("../view.ts").Item | null} */ (null));
  const kept = chosen !== null && (step === null || stepOf(diagram, chosen) === step) ? items.indexOf(chosen) : -1;
  const index = kept >= 0 ? kept : findItem(diagram, items, step ?? firstTelling(diagram));
  const current = items[index];

  const select = useCallback(
    /** @param {number} next */
    (next) => {
      const item = items[Math.max(0, Math.min(items.length - 1, next))];
      if (item === undefined) return;
      setChosen(item);
      onStep(stepOf(diagram, item));
    },
    [items, diagram, onStep],
  );
  const open = useCallback(
    /** @param {number} first */
    (first) => setFilter((old) => ({ ...old, opened: new Set([...old.opened, first]) })),
    [],
  );
  const onKey = useCallback(
    /** @param {KeyboardEvent} event */
    (event) => {
      const item = items[index];
      if (event.key === "Enter" && item?.kind === "fold") open(item.rows[0].step);
      else {
        const next = moveByKey(event, items, index);
        if (next === null) return;
        select(next);
      }
      event.preventDefault();
    },
    [items, index, select, open],
  );
  useLayoutEffect(() => {
    // While nothing has the focus, the keys belong to the diagram: the page is there to be walked through.
    /** @param {KeyboardEvent} event */
    const onDocumentKey = (event) => {
      if (document.activeElement === document.body) onKey(event);
    };
    document.addEventListener("keydown", onDocumentKey);
    return () => document.removeEventListener("keydown", onDocumentKey);
  }, [onKey]);

  return (
    <>
      <Toolbar
        diagram={diagram}
        objects={objects}
        items={items}
        index={index}
        filter={filter}
        onFilter={setFilter}
        onSelect={select}
      />
      <div class="explorer">
        <SpaceTime diagram={diagram} items={items} index={index} onSelect={select} onOpen={open} onKey={onKey} />
        {current !== undefined && <Panel diagram={diagram} objects={objects} item={current} sources={sources} />}
      </div>
      <p class="spoken" aria-live="polite">
        {current === undefined ? "" : sayItem(diagram, current)}
      </p>
      {run.history.length > 0 && <Timeline history={run.history} witness={witness} onStep={onStep} />}
      {run.nearestPassing !== undefined && <Comparison failing={run} passing={run.nearestPassing} />}
    </>
  );
}

/**
 * Where a reader starts: at the first row that has something said about it.
 *
 * @param {import("../../diagram/diagram.ts").Diagram} diagram
 */
function firstTelling(diagram) {
  const telling = diagram.rows.find((row) => row.notes.length > 0 && row.step !== null);
  return telling?.step ?? 1;
}
