import { useMemo } from "preact/hooks";
import { layOut } from "../../diagram/diagram.ts";
import { findReversedRace } from "../reversed-race.ts";

/** Of each run so many rows are shown side by side. */
const rowsMax = 200;

/**
 * The failing run beside the nearest one that holds, with the two accesses marked that came in the other order.
 *
 * @param {{ failing: import("../../diagram/diagram.ts").Run, passing: import("../../diagram/diagram.ts").Run }} props
 */
export function Comparison({ failing, passing }) {
  const race = useMemo(() => findReversedRace(failing.trace, passing.trace), [failing, passing]);
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">The nearest run that holds</h2>
      <p>{race === null ? "No two accesses to one object came in another order." : race.sentence}</p>
      <div class="beside">
        <Side title="fails" run={failing} marked={race === null ? [] : race.failing} />
        <Side title="holds" run={passing} marked={race === null ? [] : race.passing} />
      </div>
    </section>
  );
}

/** @param {{ title: string, run: import("../../diagram/diagram.ts").Run, marked: readonly number[] }} props */
function Side({ title, run, marked }) {
  const { columns, rows } = useMemo(() => layOut(run), [run]);
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">process</th>
          <th scope="col">what happened</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, rowsMax).map((row, index) => (
          <tr key={index} class={row.step !== null && marked.includes(row.step) ? "marked" : undefined}>
            <td>{row.step}</td>
            <td>{columns[row.column].process}</td>
            <td>
              {row.action} {row.kind === "moment" && row.value}
              {row.step !== null && marked.includes(row.step) && <span class="spoken"> (reversed)</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
