import { useMemo } from "preact/hooks";
import { placeOperations } from "../timeline.ts";
import { callOf } from "../view.ts";

/** Of a history, so many operations are drawn: beyond that nobody finds anything in the picture. */
const barsMax = 300;
const rowPx = 44;
const namePx = 110;
const eventPx = 84;

/**
 * The history as a checker sees it: a line for each process, a bar from each invocation to its response. With a witness, the
 * order in which the operations can have taken effect runs through the bars, as far as there is one.
 *
 * @param {{
 *   history: readonly import("../../../harness/history.ts").Operation[],
 *   witness: import("../../../harness/property.ts").Witness | null,
 *   onStep: (step: number) => void,
 * }} props
 */
export function Timeline({ history, witness, onStep }) {
  const { processes, bars, length } = useMemo(() => placeOperations(history, witness), [history, witness]);
  const drawn = bars.slice(0, barsMax);
  const rowOf = (/** @type {string} */ process) => processes.indexOf(process) * rowPx;
  const points = drawn
    .filter((bar) => bar.point !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map((bar) => `${placeX(bar.point ?? 0)},${rowOf(bar.operation.process) + rowPx - 8}`);
  return (
    <details class="timeline" open={witness !== null}>
      <summary>Operations side by side</summary>
      {witness !== null && (
        <p>
          {witness.sentence} The line goes through the operations in that order. The outlined ones alone already have no
          explanation.
        </p>
      )}
      <div class="picture" tabIndex={0} role="region" aria-label="Operations over time">
        <svg width={placeX(length) + 24} height={processes.length * rowPx} aria-hidden="true">
          {processes.map((process) => (
            <text key={process} class="process" x={0} y={rowOf(process) + rowPx / 2 + 5}>
              {process}
            </text>
          ))}
          {drawn.map((bar) => (
            <Bar
              key={bar.operation.id}
              bar={bar}
              left={placeX(bar.from)}
              right={placeX(bar.to)}
              top={rowOf(bar.operation.process)}
            />
          ))}
          {points.length > 1 && <polyline class="order" points={points.join(" ")} />}
          {points.map((point) => (
            <circle key={point} class="point" cx={point.split(",")[0]} cy={point.split(",")[1]} r={4} />
          ))}
        </svg>
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">steps</th>
            <th scope="col">process</th>
            <th scope="col">operation</th>
            {witness !== null && <th scope="col">place in the order</th>}
          </tr>
        </thead>
        <tbody>
          {drawn.map(({ operation, blamed, rank, state }) => (
            <tr key={operation.id} class={blamed ? "blamed" : undefined}>
              <td>
                <button type="button" onClick={() => onStep(operation.invoked)}>
                  {operation.invoked} to {operation.returned ?? "the end"}
                </button>
              </td>
              <td>{operation.process}</td>
              <td>
                <code>{callOf({ operation })}</code>
                {blamed && " (outlined)"}
              </td>
              {witness !== null && <td>{rank === null ? "none" : `${rank}: ${state ?? ""}`}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {bars.length > barsMax && <p>{bars.length - barsMax} more operations are not drawn.</p>}
    </details>
  );
}

/** @param {{ bar: import("../timeline.ts").Bar, left: number, right: number, top: number }} props */
function Bar({ bar, left, right, top }) {
  const pending = bar.operation.returned === null;
  const clip = `bar-${bar.operation.id}`;
  return (
    <g class={`bar${bar.blamed ? " blamed" : ""}${pending ? " pending" : ""}`}>
      <clipPath id={clip}>
        <rect x={left} y={top} width={Math.max(8, right - left)} height={rowPx} />
      </clipPath>
      <rect x={left} y={top + 6} width={Math.max(8, right - left)} height={rowPx - 12} rx={4}>
        <title>{callOf({ operation: bar.operation })}</title>
      </rect>
      <text x={left + 7} y={top + rowPx / 2 + 1} clip-path={`url(#${clip})`}>
        {callOf({ operation: bar.operation })}
      </text>
    </g>
  );
}

/** @param {number} place */
function placeX(place) {
  return namePx + place * eventPx;
}
