import { valueAt } from "../../diagram/state.ts";
import { describeStandings, listPrints, stepOf } from "../view.ts";

/** Of what was printed so far, the panel shows so many lines. */
const printsMax = 8;

/**
 * What is true at the chosen step: the step itself, every shared object, every process, and what was printed.
 *
 * @param {{
 *   diagram: import("../../diagram/diagram.ts").Diagram,
 *   objects: readonly import("../../diagram/state.ts").ObjectTimeline[],
 *   item: import("../view.ts").Item,
 *   sources: Readonly<Record<string, string>>,
 * }} props
 */
export function Panel({ diagram, objects, item, sources }) {
  const step = stepOf(diagram, item);
  const prints = listPrints(diagram, step, printsMax);
  return (
    <aside class="panel" aria-label="State at the chosen step" tabIndex={0}>
      <Happening diagram={diagram} item={item} />
      {objects.length > 0 && <Objects objects={objects} step={step} />}
      <Standings diagram={diagram} item={item} sources={sources} />
      {prints.length > 0 && (
        <section>
          <h2>Printed so far</h2>
          <ol class="prints">
            {prints.map(({ process, line, step: at }, index) => (
              <li key={`${at} ${index}`}>
                <span class="who">{process}</span> <samp>{line}</samp>
              </li>
            ))}
          </ol>
        </section>
      )}
    </aside>
  );
}

/** @param {{ diagram: import("../../diagram/diagram.ts").Diagram, item: import("../view.ts").Item }} props */
function Happening({ diagram, item }) {
  if (item.kind === "fold") {
    return (
      <section>
        <h2>
          Steps {item.rows[0].step} to {item.rows.at(-1)?.step}
        </h2>
        <p>{item.rows.length} rows are folded here. Enter or a click opens them.</p>
      </section>
    );
  }
  return (
    <section>
      <h2>{item.step === null ? "At the end" : `Step ${item.step}`}</h2>
      <p>
        <strong>{diagram.columns[item.column].process}</strong> {item.action}{" "}
        {item.kind === "moment" && <span class="value">{item.value}</span>}
      </p>
      {item.kind === "moment" && item.preempted !== null && (
        <p class="preemption">A preemption: {diagram.columns[item.preempted].process} could have gone on.</p>
      )}
      {item.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      {item.kind === "moment" && item.entry.time > 0 && <p class="quiet">at {item.entry.time} ms of virtual time</p>}
    </section>
  );
}

/** @param {{ objects: readonly import("../../diagram/state.ts").ObjectTimeline[], step: number }} props */
function Objects({ objects, step }) {
  return (
    <section>
      <h2>Shared objects</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">object</th>
            <th scope="col">value</th>
          </tr>
        </thead>
        <tbody>
          {objects.map((timeline) => {
            const value = valueAt(timeline, step);
            const before = valueAt(timeline, step - 1);
            const changed = value?.step === step && value.changed;
            return (
              <tr key={timeline.object} class={changed ? "changed" : undefined}>
                <th scope="row">{timeline.object}</th>
                <td>
                  {changed && before !== null && before.value !== value.value && <s>{before.value}</s>}{" "}
                  {value === null ? <span class="quiet">not seen yet</span> : value.value}
                  {changed && <span class="spoken"> (changed here)</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/**
 * @param {{
 *   diagram: import("../../diagram/diagram.ts").Diagram,
 *   item: import("../view.ts").Item,
 *   sources: Readonly<Record<string, string>>,
 * }} props
 */
function Standings({ diagram, item, sources }) {
  return (
    <section>
      <h2>Processes</h2>
      <ul class="standings">
        {describeStandings(diagram, item).map(({ process, state, operations, source }, column) => (
          <li key={process} class={`hue-${column % 8}`}>
            <p>
              <span class="dot" aria-hidden="true" /> <strong>{process}</strong> {state}
              {operations.length > 0 && (
                <>
                  {" in "}
                  <code>{operations.join(" › ")}</code>
                </>
              )}
            </p>
            {source !== null && (
              <p class="source">
                <span class="quiet">{source}</span>
                {sources[source] !== undefined && <code>{sources[source]}</code>}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
