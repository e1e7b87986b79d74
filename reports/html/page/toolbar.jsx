import { stepOf } from "../view.ts";
import { findSwitch, keysInWords } from "./keys.jsx";

/**
 * Walking through the run, and choosing what is shown of it.
 *
 * @param {{
 *   diagram: import("../../diagram/diagram.ts").Diagram,
 *   objects: readonly import("../../diagram/state.ts").ObjectTimeline[],
 *   items: readonly import("../view.ts").Item[],
 *   index: number,
 *   filter: import("../view.ts").Filter,
 *   onFilter: (filter: import("../view.ts").Filter) => void,
 *   onSelect: (index: number) => void,
 * }} props
 */
export function Toolbar({ diagram, objects, items, index, filter, onFilter, onSelect }) {
  const last = items.length - 1;
  const steps = diagram.rows.findLast((row) => row.step !== null)?.step ?? 0;
  const step = items[index] === undefined ? 0 : stepOf(diagram, items[index]);
  return (
    <div class="toolbar">
      <div class="walk" role="group" aria-label="Walk through the run">
        <Walk label="First row" icon={icons.first} to={0} index={index} onSelect={onSelect} />
        <Walk
          label="Previous switch"
          icon={icons.previousSwitch}
          to={findSwitch(items, index, -1)}
          index={index}
          onSelect={onSelect}
        />
        <Walk label="Previous row" icon={icons.previous} to={index - 1} index={index} onSelect={onSelect} />
        <Walk label="Next row" icon={icons.next} to={Math.min(last, index + 1)} index={index} onSelect={onSelect} />
        <Walk
          label="Next switch"
          icon={icons.nextSwitch}
          to={findSwitch(items, index, 1)}
          index={index}
          onSelect={onSelect}
        />
        <Walk label="Last row" icon={icons.last} to={last} index={index} onSelect={onSelect} />
        <input
          type="range"
          aria-label="Position in the run"
          aria-valuetext={`step ${step} of ${steps}`}
          min={0}
          max={Math.max(0, last)}
          value={index}
          onInput={(event) => onSelect(Number(event.currentTarget.value))}
        />
        <output>
          step {step} of {steps}
        </output>
      </div>
      <div class="filters" role="group" aria-label="What is shown">
        <input
          type="search"
          aria-label="Only rows that contain"
          placeholder="Find …"
          value={filter.text}
          onInput={(event) => onFilter({ ...filter, text: event.currentTarget.value })}
        />
        {objects.length > 1 && (
          <select
            aria-label="Only rows that touch"
            value={filter.object ?? ""}
            onChange={(event) => onFilter({ ...filter, object: event.currentTarget.value || null })}
          >
            <option value="">all objects</option>
            {objects.map(({ object }) => (
              <option key={object} value={object}>
                {object}
              </option>
            ))}
          </select>
        )}
        <label>
          <input
            type="checkbox"
            checked={filter.folded}
            onChange={(event) => onFilter({ ...filter, folded: event.currentTarget.checked, opened: new Set() })}
          />
          fold quiet stretches
        </label>
        {diagram.columns.length > 1 && <Processes diagram={diagram} filter={filter} onFilter={onFilter} />}
        <details class="keys">
          <summary>Keys</summary>
          <dl>
            {keysInWords.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </div>
  );
}

/** @param {{ label: string, icon: string, to: number, index: number, onSelect: (index: number) => void }} props */
function Walk({ label, icon, to, index, onSelect }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={to < 0 || to === index}
      onClick={() => onSelect(to)}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={icon} />
      </svg>
    </button>
  );
}

/**
 * @param {{
 *   diagram: import("../../diagram/diagram.ts").Diagram,
 *   filter: import("../view.ts").Filter,
 *   onFilter: (filter: import("../view.ts").Filter) => void,
 * }} props
 */
function Processes({ diagram, filter, onFilter }) {
  const shown = diagram.columns.length - filter.hidden.size;
  return (
    <details class="processes">
      <summary>
        {shown === diagram.columns.length ? "all processes" : `${shown} of ${diagram.columns.length} processes`}
      </summary>
      <div>
        {diagram.columns.map(({ process }, column) => (
          <label key={process}>
            <input
              type="checkbox"
              checked={!filter.hidden.has(column)}
              onChange={(event) => {
                const hidden = new Set(filter.hidden);
                if (event.currentTarget.checked) hidden.delete(column);
                else hidden.add(column);
                onFilter({ ...filter, hidden });
              }}
            />
            {process}
          </label>
        ))}
      </div>
    </details>
  );
}

/** Outlines of the buttons' signs, in a square of 16. */
const icons = {
  first: "M3 3h2v10H3zM14 3v10L6 8z",
  previousSwitch: "M8 3v10L1 8zM15 3v10L8 8z",
  previous: "M12 3v10L4 8z",
  next: "M4 3l8 5-8 5z",
  nextSwitch: "M1 3l7 5-7 5zM8 3l7 5-7 5z",
  last: "M2 3l8 5-8 5zM11 3h2v10h-2z",
};
