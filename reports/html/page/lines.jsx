import { rowPx } from "./geometry.jsx";

/** @typedef {import("../view.ts").Placed} Placed */

/**
 * The picture behind the rows: a line for each process, bars along operations, dashes along sleeps, a dot for each step, and
 * the path of the one who moves.
 *
 * @param {{
 *   diagram: import("../../diagram/diagram.ts").Diagram,
 *   items: readonly import("../view.ts").Item[],
 *   geometry: import("./geometry.jsx").Geometry,
 *   spans: readonly Placed[],
 *   blocked: readonly Placed[],
 *   from: number,
 *   to: number,
 * }} props
 */
export function Lines({ diagram, items, geometry, spans, blocked, from, to }) {
  const { laneX, totalPx } = geometry;
  const near = (/** @type {Placed} */ { from: first, to: last }) => last >= from && first < to;
  // Long stretches are cut at the window: a browser draws a bar of a million pixels badly.
  const top = (/** @type {number} */ row) => Math.max(row, from - 1) * rowPx + rowPx / 2;
  const bottom = (/** @type {number} */ row) => Math.min(row, to) * rowPx + rowPx / 2;
  return (
    <svg class="lines" width={totalPx} height={items.length * rowPx} aria-hidden="true">
      {diagram.columns.map(({ process }, column) => (
        <line key={process} class="life" x1={laneX(column)} x2={laneX(column)} y1={from * rowPx} y2={to * rowPx} />
      ))}
      {spans.filter(near).map((span) => (
        <rect
          key={`${span.column} ${span.from}`}
          class={`span hue-${span.column % 8}`}
          x={laneX(span.column) - 4}
          width={8}
          rx={4}
          y={top(span.from) - 7}
          height={bottom(span.to) - top(span.from) + 14}
        >
          <title>{span.label}</title>
        </rect>
      ))}
      {blocked.filter(near).map((sleep) => (
        <line
          key={`${sleep.column} ${sleep.from}`}
          class="sleep"
          x1={laneX(sleep.column)}
          x2={laneX(sleep.column)}
          y1={top(sleep.from)}
          y2={bottom(sleep.to)}
        />
      ))}
      <Switches items={items} geometry={geometry} from={from} to={to} />
      {items.slice(from, to).map((item, offset) => (
        <Dot key={from + offset} item={item} geometry={geometry} y={(from + offset) * rowPx + rowPx / 2} />
      ))}
    </svg>
  );
}

/**
 * The lines along which the baton passes from one process to the next.
 *
 * @param {{
 *   items: readonly import("../view.ts").Item[],
 *   geometry: import("./geometry.jsx").Geometry,
 *   from: number,
 *   to: number,
 * }} props
 */
function Switches({ items, geometry, from, to }) {
  const lines = [];
  for (let at = Math.max(1, from); at < Math.min(items.length, to + 1); at++) {
    const item = items[at];
    const before = items[at - 1];
    if (item.kind !== "moment" || !item.switched || before.kind === "fold") continue;
    const [x1, x2] = [geometry.laneX(before.column), geometry.laneX(item.column)];
    const [y1, y2] = [at * rowPx - rowPx / 2, at * rowPx + rowPx / 2];
    lines.push(
      <path
        key={at}
        class={item.preempted === null ? "switch" : "switch preempting"}
        d={`M${x1} ${y1}C${x1} ${y2} ${x2} ${y1} ${x2} ${y2}`}
      />,
    );
  }
  return <g>{lines}</g>;
}

/** @param {{ item: import("../view.ts").Item, geometry: import("./geometry.jsx").Geometry, y: number }} props */
function Dot({ item, geometry, y }) {
  if (item.kind === "fold") {
    return item.columns.map((column) => (
      <circle key={column} class="hidden" cx={geometry.laneX(column)} cy={y} r={3} />
    ));
  }
  const x = geometry.laneX(item.column);
  const hue = `hue-${item.column % 8}`;
  if (item.kind === "end" || item.weight === "throw") {
    return <path class="cross" d={`M${x - 5} ${y - 5}l10 10m0 -10l-10 10`} />;
  }
  if (item.weight === "print") return <circle class={`dot ${hue}`} cx={x} cy={y} r={3} />;
  return <circle class={`${item.weight === "return" ? "ring" : "dot"} ${hue}`} cx={x} cy={y} r={5.5} />;
}
