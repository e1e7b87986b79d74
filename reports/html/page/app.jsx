import { useEffect, useState } from "preact/hooks";
import { readPlace, writePlace } from "../place.ts";
import { Explorer } from "./explorer.jsx";
import { ThemeButton } from "./theme.jsx";

/** @typedef {import("../page-data.ts").PageResult} PageResult */

/**
 * The whole page: a list of the results if there are several, and the one that the address names.
 *
 * @param {{ data: import("../page-data.ts").PageData }} props
 */
export function App({ data }) {
  const [place, setPlace] = useState(() => readPlace(location.hash));
  useEffect(() => {
    const follow = () => setPlace(readPlace(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const worst = data.results.find(({ result }) => result.verdict !== "pass") ?? data.results[0];
  const current = data.results.find(({ result }) => result.scenario === place.scenario) ?? worst;
  /** @param {number} step */
  const goTo = (step) => {
    const next = { scenario: data.results.length > 1 ? current.result.scenario : null, step };
    setPlace(next);
    // Replaced, not pushed: a hundred steps would bury the page that the reader came from.
    history.replaceState(null, "", writePlace(next));
  };
  if (current === undefined) return <main class="page">There are no results in this page.</main>;
  return (
    <div class="page">
      <header class="top">
        <p class="brand">forkcheck</p>
        <ThemeButton />
      </header>
      {data.results.length > 1 && <ResultList results={data.results} current={current} />}
      <main>
        <ResultView key={current.result.scenario} shown={current} step={place.step} onStep={goTo} />
      </main>
    </div>
  );
}

/** @param {{ results: readonly PageResult[], current: PageResult }} props */
function ResultList({ results, current }) {
  return (
    <nav aria-label="Scenarios">
      <ul class="results">
        {results.map(({ result }) => (
          <li key={result.scenario}>
            <a
              href={writePlace({ scenario: result.scenario, step: null })}
              aria-current={result === current.result ? "page" : undefined}
            >
              <Mark verdict={result.verdict} /> {result.scenario}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** @param {{ shown: PageResult, step: number | null, onStep: (step: number) => void }} props */
function ResultView({ shown, step, onStep }) {
  const { result, summary, input } = shown;
  const { counterexample } = result;
  const prose = (counterexample?.explanation ?? []).filter((sentence) => !/^step \d+: /.test(sentence));
  return (
    <>
      <h1>
        <Mark verdict={result.verdict} /> {result.scenario}
        {result.message !== undefined && <span class="message">: {result.message}</span>}
      </h1>
      {result.property !== undefined && <p class="property">property {result.property}</p>}
      {[...summary, ...prose, ...result.notes].map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {counterexample !== undefined && (
        <>
          <dl class="facts">
            {input !== "" && (
              <>
                <dt>Input</dt>
                <dd>
                  <code>{input}</code>
                </dd>
              </>
            )}
            {counterexample.token !== "" && (
              <>
                <dt>Replay</dt>
                <dd>
                  <code class="command">npx forkcheck replay {counterexample.token}</code>
                </dd>
              </>
            )}
          </dl>
          <Explorer
            run={counterexample}
            witness={counterexample.witness ?? null}
            sources={shown.sources}
            step={step}
            onStep={onStep}
          />
        </>
      )}
    </>
  );
}

/** @param {{ verdict: import("../../../harness/result.ts").Result["verdict"] }} props */
function Mark({ verdict }) {
  const [mark, word] = marks[verdict];
  return (
    <span class={`mark ${verdict}`} role="img" aria-label={word}>
      {mark}
    </span>
  );
}

/** @type {Readonly<Record<"pass" | "fail" | "error", readonly [string, string]>>} */
const marks = { pass: ["✓", "holds:"], fail: ["✗", "fails:"], error: ["!", "error:"] };
