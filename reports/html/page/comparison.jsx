import { useMemo } from "preact/hooks";
import { layOut } from "../../diagram/diagram.ts";

/** Of each run so many rows are shown side by side. */
const rowsMax = 200;

/**
 * The failing run beside the nearest one that holds, with the two accesses marked that came in the other order.
 *
 * @param {{
 *   failing: import("../../diagram/diagram.ts").Run,
 *   passing: import("../../../harness/result.ts").NearestPassing,
 * }} props
 */
export function Comparison({ failing, passing }) {
  const { race, reversedRaces, token } = passing;
  const holding = useMemo(() => ({ ...passing, explanation: [] }), [passing]);
  return (
    <section class="comparison" aria-labelledby="comparison-title">
      <h2 id="comparison-title">The nearest run that holds</h2>
      <p>{race.sentence}</p>
      {reversedRaces > 1 && <p>{reversedRaces} races had to be turned round; this is the one that decides.</p>}
      <div class="beside">
        <Side title="fails" run={failing} marked={race.failing} />
        <Side title="holds" run={holding} marked={race.passing} />
      </div>
      <p>
        <code class="command">npx forkcheck replay {token}</code>
      </p>
    </section>
  );
}

/** @param {{ title: string, run: import("../../diagram/diagram.ts").Run, marked: readonly (number | null)[] }} props */
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
