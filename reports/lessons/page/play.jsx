import { useEffect, useRef, useState } from "preact/hooks";

/**
 * The learner is the scheduler: a column for each process, a row for each step, and below them a button for each step that can
 * be taken next.
 *
 * @param {{
 *   tree: import("../play-tree.ts").PlayTree,
 *   lesson: string,
 *   hint: string | null,
 *   label: string,
 *   heldWord: "held" | "heldRepaired" | "heldSearched",
 *   isFirst: boolean,
 *   say: import("../words.ts").Say,
 *   onBroken: () => void,
 * }} props
 */
export function Play({ tree, lesson, hint, label, heldWord, isFirst, say, onBroken }) {
  const [path, setPath] = useState(/** @type {readonly import("../play-tree.ts").TreeChoice[]} */ ([]));
  const place = path.length === 0 ? 0 : path[path.length - 1][1];
  const choices = tree.positions[place];
  const happened = [...tree.opening, ...path.flatMap(([, , ...steps]) => steps)];
  const steps = happened.map((step) => tree.steps[step]);
  const firstFollowed = choices.find(isFollowed);
  const turn = useRef(/** @type {HTMLDivElement | null} */ (null));
  const first = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const end = tree.ends[place] ?? null;
  const broken = end !== null && end.violation !== null;
  useEffect(() => {
    if (broken) onBroken();
  }, [broken]);
  /** @param {readonly import("../play-tree.ts").TreeChoice[]} next */
  const go = (next) => {
    setPath(next);
    // The button that was pressed is gone; the keyboard stays where the choices are.
    requestAnimationFrame(() => {
      first.current?.focus({ preventScroll: true });
      // The board has grown, and what can be chosen is below it.
      turn.current?.scrollIntoView({ block: "nearest" });
    });
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const choice = choices[Number(event.key) - 1];
    if (choice !== undefined && isFollowed(choice)) go([...path, choice]);
    else if ((event.key === "u" || event.key === "Backspace") && path.length > 0) go(path.slice(0, -1));
    else if (event.key === "r") go([]);
    else return;
    event.preventDefault();
  };
  // Who has just opened the page, or chosen its language, presses a key before she is anywhere in it.
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const onKeyElsewhere = (event) => {
      const elsewhere = event.target instanceof Element && event.target.closest(".play, .explorer, .toolbar") === null;
      if (isFirst && elsewhere && !event.ctrlKey && !event.metaKey && !event.altKey) onKey(event);
    };
    addEventListener("keydown", onKeyElsewhere);
    return () => removeEventListener("keydown", onKeyElsewhere);
  });
  return (
    <div class="play" onKeyDown={onKey}>
      <Board tree={tree} steps={steps} label={label} say={say} />
      <div class="turn" ref={turn} role="group" aria-label={say("whoMoves")}>
        {end === null && <p class="asks">{say("whoMoves")}</p>}
        {choices.map((choice, index) => {
          const { process, label } = tree.moves[choice[0]];
          return (
            <button
              type="button"
              key={index}
              ref={choice === firstFollowed ? first : null}
              class={`choice hue-${process % 8}`}
              disabled={!isFollowed(choice)}
              onClick={() => go([...path, choice])}
            >
              <kbd>{index + 1}</kbd> <strong>{tree.processes[process]}</strong> {label}
              {!isFollowed(choice) && <span class="quiet"> ({say("notFollowed")})</span>}
            </button>
          );
        })}
        {end !== null && <End end={end} tree={tree} heldWord={heldWord} say={say} />}
        <p class="undo">
          <button type="button" disabled={path.length === 0} onClick={() => go(path.slice(0, -1))}>
            <kbd>u</kbd> {say("undo")}
          </button>
          <button type="button" ref={end === null ? null : first} disabled={path.length === 0} onClick={() => go([])}>
            <kbd>r</kbd> {say("again")}
          </button>
        </p>
        {hint !== null && (
          <details class="hint">
            <summary>{say("hint")}</summary>
            <p>{hint}</p>
          </details>
        )}
      </div>
      <p class="quiet">{tree.open === 0 ? say("whole", tree.positions.length) : say("partly", lesson)}</p>
    </div>
  );
}

/** @param {import("../play-tree.ts").TreeChoice} choice */
function isFollowed([, to]) {
  return to >= 0;
}

/**
 * @param {{
 *   tree: import("../play-tree.ts").PlayTree,
 *   steps: readonly import("../play-tree.ts").TreeStep[],
 *   label: string,
 *   say: import("../words.ts").Say,
 * }} props
 */
function Board({ tree, steps, label, say }) {
  return (
    <div class="board" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span class="spoken">{say("step")}</span>
            </th>
            {tree.processes.map((process, column) => (
              <th scope="col" key={process} class={`hue-${column % 8}`}>
                <span class="dot" aria-hidden="true" /> {process}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.length === 0 && (
            <tr>
              <td />
              <td colSpan={tree.processes.length} class="quiet">
                {say("start")}
              </td>
            </tr>
          )}
          {steps.map((step, index) => (
            <tr key={index}>
              <td class="number">{index + 1}</td>
              {tree.processes.map((process, column) => (
                <td key={process} class={column === step.process ? `here ${step.kind} hue-${column % 8}` : undefined}>
                  {column === step.process && (
                    <>{step.kind === "print" ? <samp>» {step.detail}</samp> : `${step.label} ${step.detail}`}</>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * @param {{
 *   end: import("../play-tree.ts").TreeEnd,
 *   tree: import("../play-tree.ts").PlayTree,
 *   heldWord: "held" | "heldRepaired" | "heldSearched",
 *   say: import("../words.ts").Say,
 * }} props
 */
function End({ end, tree, heldWord, say }) {
  return (
    <div class={end.violation === null ? "end holds" : "end breaks"} role="status">
      <p>{end.violation === null ? say(heldWord) : say("broken", end.violation)}</p>
      {end.ends.map(({ process, reason }) => (
        <p key={process}>{say("forEver", tree.processes[process], reason)}</p>
      ))}
      {end.violation !== null && (
        <p class="replay">
          <code class="command">npx forkcheck replay {end.token}</code>
          <br />
          {say("replayLike")}
        </p>
      )}
    </div>
  );
}
