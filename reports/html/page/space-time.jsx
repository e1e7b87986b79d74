import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { placeStretches, callOf } from "../view.ts";
import { planGeometry, px, rowPx, whoPx } from "./geometry.jsx";
import { Lines } from "./lines.jsx";

/** Up to so many rows all are in the page; of more, only those near the window. */
const rowsRenderedMax = 400;
/** Rows beyond the window that are rendered all the same, so that scrolling shows no gaps. */
const marginRows = 20;

/** @typedef {import("../../diagram/diagram.ts").Diagram} Diagram */
/** @typedef {import("../view.ts").Item} Item */
/** @typedef {import("./geometry.jsx").Geometry} Geometry */

/**
 * The space-time diagram: time runs down, a line for each process. The lines are a picture behind a grid of text, and the
 * grid is what keyboard and screen reader see.
 *
 * @param {{
 *   diagram: Diagram,
 *   items: readonly Item[],
 *   index: number,
 *   onSelect: (index: number) => void,
 *   onOpen: (first: number) => void,
 *   onKey: (event: KeyboardEvent) => void,
 * }} props
 */
export function SpaceTime({ diagram, items, index, onSelect, onOpen, onKey }) {
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [view, setView] = useState({ top: 0, height: 600, width: 900 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight, width: element.clientWidth });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  useLayoutEffect(() => {
    if (scroller.current !== null) bringIntoView(scroller.current, index);
  }, [index, items]);

  const geometry = useMemo(() => planGeometry(diagram, view.width), [diagram, view.width]);
  const spans = useMemo(() => {
    const outermost = diagram.spans.filter((span) => span.operation.depth === 0);
    return placeStretches(
      diagram,
      items,
      outermost.map((span) => ({ ...span, label: callOf(span) })),
    );
  }, [diagram, items]);
  const blocked = useMemo(
    () =>
      placeStretches(
        diagram,
        items,
        diagram.blocked.map((sleep) => ({ ...sleep, label: sleep.object ?? "" })),
      ),
    [diagram, items],
  );
  const whole = items.length <= rowsRenderedMax;
  const from = whole ? 0 : Math.max(0, Math.floor(view.top / rowPx) - marginRows);
  const to = whole ? items.length : Math.min(items.length, Math.ceil((view.top + view.height) / rowPx) + marginRows);
  const rendered = items.slice(from, to).map((item, offset) => ({ item, at: from + offset }));
  // The chosen row is what the screen reader is told about: it has to exist, wherever the window is.
  if (!whole && items[index] !== undefined && (index < from || index >= to))
    rendered.push({ item: items[index], at: index });

  return (
    <div class={`space-time ${whole ? "whole" : "windowed"}`}>
      <div class="scroller" ref={scroller}>
        <div class="canvas" style={{ width: px(geometry.totalPx), "--canvas": geometry.totalPx }}>
          <Header diagram={diagram} geometry={geometry} />
          <div class="body" style={{ height: px(items.length * rowPx) }}>
            {items[index] !== undefined && <div class="chosen" style={{ top: px(index * rowPx) }} />}
            <Lines
              diagram={diagram}
              items={items}
              geometry={geometry}
              spans={spans}
              blocked={blocked}
              from={from}
              to={to}
            />
            <div
              role="grid"
              class="rows"
              tabIndex={0}
              aria-label="Steps of the run"
              aria-rowcount={items.length + 1}
              aria-activedescendant={items[index] === undefined ? undefined : `row-${index}`}
              onKeyDown={onKey}
            >
              <div role="row" aria-rowindex={1} class="spoken">
                {["step", "process", "what happened", "notes"].map((title) => (
                  <span role="columnheader" key={title}>
                    {title}
                  </span>
                ))}
              </div>
              {rendered.map(({ item, at }) => (
                <ItemRow
                  key={at}
                  diagram={diagram}
                  item={item}
                  at={at}
                  chosen={at === index}
                  geometry={geometry}
                  onSelect={onSelect}
                  onOpen={onOpen}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      {items.length === 0 && <p class="empty">No row matches. Clear the filters to see the run again.</p>}
    </div>
  );
}

/** @param {{ diagram: Diagram, geometry: Geometry }} props */
function Header({ diagram, geometry }) {
  return (
    <div class={`names ${geometry.columns ? "level" : "upright"}`} aria-hidden="true">
      {diagram.columns.map(({ process }, column) => (
        <span
          key={process}
          class={`hue-${column % 8}`}
          title={process}
          style={
            geometry.columns
              ? { left: px(geometry.textX(column)), width: px(geometry.textPx) }
              : { left: px(geometry.laneX(column) - 9) }
          }
        >
          {process}
        </span>
      ))}
    </div>
  );
}

/**
 * @param {{
 *   diagram: Diagram,
 *   item: Item,
 *   at: number,
 *   chosen: boolean,
 *   geometry: Geometry,
 *   onSelect: (index: number) => void,
 *   onOpen: (first: number) => void,
 * }} props
 */
function ItemRow({ diagram, item, at, chosen, geometry, onSelect, onOpen }) {
  const row = {
    role: /** @type {const} */ ("row"),
    id: `row-${at}`,
    "aria-rowindex": at + 2,
    "aria-selected": chosen,
    style: { top: px(at * rowPx) },
  };
  if (item.kind === "fold") {
    const x = item.columns.length === 1 ? geometry.textX(item.columns[0]) : geometry.textX(0);
    const who =
      item.columns.length === 1 ? diagram.columns[item.columns[0]].process : `${item.columns.length} processes`;
    return (
      <div {...row} class="row fold" onClick={() => onOpen(item.rows[0].step)}>
        <span role="gridcell" class="number" />
        <span role="gridcell" class="spoken">
          {who}
        </span>
        <span role="gridcell" class="what" style={{ left: px(x) }}>
          ⋮ {item.rows.length} more rows
        </span>
        <span role="gridcell" />
      </div>
    );
  }
  const { process } = diagram.columns[item.column];
  const weight = item.kind === "end" ? "end" : item.weight;
  const prints = item.kind === "moment" ? item.prints : [];
  const words = [...item.notes, ...prints.map((line) => `» ${line}`)].join("  ");
  return (
    <div {...row} class={`row ${weight}`} onClick={() => onSelect(at)}>
      <span role="gridcell" class="number">
        {item.step}
      </span>
      <span
        role="gridcell"
        class={geometry.columns ? "spoken" : `who hue-${item.column % 8}`}
        style={geometry.columns ? undefined : { left: px(geometry.textX(item.column)) }}
      >
        {process}
      </span>
      <span
        role="gridcell"
        class="what"
        style={{
          left: px(geometry.textX(item.column) + (geometry.columns ? 0 : whoPx)),
          width: px(geometry.textPx),
        }}
        title={item.kind === "moment" ? `${item.action} ${item.value}` : item.action}
      >
        <span class="action">{item.action}</span>{" "}
        {item.kind === "moment" && item.value !== "" && (
          <span class={item.value.startsWith("→") ? "value out" : "value in"}>{item.value}</span>
        )}
      </span>
      <span
        role="gridcell"
        class="notes"
        style={{ left: px(geometry.notesX), width: px(geometry.notesPx) }}
        title={words}
      >
        {item.notes.join(" ")}
        {prints.map((line, number) => (
          <samp key={number}> » {line}</samp>
        ))}
      </span>
    </div>
  );
}

/**
 * @param {HTMLElement} element
 * @param {number} index
 */
function bringIntoView(element, index) {
  const header = 2 * rowPx;
  const top = index * rowPx;
  if (top < element.scrollTop + rowPx) element.scrollTop = Math.max(0, top - rowPx);
  else if (top + rowPx + header > element.scrollTop + element.clientHeight - rowPx) {
    element.scrollTop = top + header + 2 * rowPx - element.clientHeight;
  }
}
