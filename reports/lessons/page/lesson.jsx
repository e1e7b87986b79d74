import { useState } from "preact/hooks";
import { Explorer } from "../../html/page/explorer.jsx";
import { sayProof } from "../words.ts";
import { Play } from "./play.jsx";

/**
 * One lesson, from the code to the proof. What the failure is comes to light when the learner has broken the code, or asks.
 *
 * @param {{
 *   lesson: import("../page-data.ts").LessonPageData,
 *   language: import("../language.ts").Language,
 *   say: import("../words.ts").Say,
 * }} props
 */
export function LessonView({ lesson, language, say }) {
  const [revealed, setRevealed] = useState(false);
  const [step, setStep] = useState(/** @type {number | null} */ (null));
  const { counterexample, message } = lesson.failure.result;
  return (
    <>
      <h1>{lesson.title[language]}</h1>
      <Prose text={lesson.story[language]} />
      <Code text={lesson.code} label={say("code")} />
      <section>
        <h2>{say("question")}</h2>
        <Prose text={lesson.question[language]} kind="question" />
      </section>
      <section>
        <h2>{say("youSchedule")}</h2>
        <p class="prose">
          {say("play")} {say("onlyOne")}
        </p>
        <Play
          tree={lesson.wrongTree}
          lesson={lesson.name}
          hint={lesson.hint[language]}
          label={say("youSchedule")}
          heldWord="held"
          isFirst
          say={say}
          onBroken={() => setRevealed(true)}
        />
      </section>
      {!revealed && (
        <p>
          <button type="button" onClick={() => setRevealed(true)}>
            {say("reveal")}
          </button>
        </p>
      )}
      {revealed && (
        <>
          <section>
            <h2>{say("smallest")}</h2>
            <p class="prose question">
              <span class="mark fail" aria-hidden="true">
                ✗
              </span>{" "}
              <span lang="en">{message}</span>
            </p>
            {lesson.failure.summary.map((sentence) => (
              <p key={sentence} lang="en">
                {sentence}
              </p>
            ))}
            {counterexample !== undefined && (
              <div lang="en">
                <Explorer
                  run={counterexample}
                  witness={null}
                  sources={lesson.failure.sources}
                  step={step}
                  onStep={setStep}
                />
              </div>
            )}
            <Prose text={lesson.found[language]} />
          </section>
          <section>
            <h2>{say("repair")}</h2>
            <Code text={lesson.repairedCode} label={say("repair")} />
            <Prose text={lesson.repair[language]} />
            <p class="prose">{say("playRepaired")}</p>
            <Play
              tree={lesson.rightTree}
              lesson={lesson.name}
              hint={null}
              label={say("playRepaired")}
              heldWord={lesson.proof.preemptions === null ? "heldRepaired" : "heldSearched"}
              isFirst={false}
              say={say}
              onBroken={() => {}}
            />
          </section>
          <section>
            <h2>{say("proof")}</h2>
            <p class="prose proof">
              {lesson.proof.holds && (
                <span class="mark pass" aria-hidden="true">
                  ✓
                </span>
              )}{" "}
              {sayProof(say, lesson.proof)}
            </p>
            <Prose text={lesson.proved[language]} />
          </section>
        </>
      )}
    </>
  );
}

/** @param {{ text: string, label: string }} props */
function Code({ text, label }) {
  return (
    <pre class="code" role="region" aria-label={label} tabIndex={0}>
      <code>{text}</code>
    </pre>
  );
}

/**
 * A paragraph; what stands between backticks is code.
 *
 * @param {{ text: string, kind?: string }} props
 */
function Prose({ text, kind = "" }) {
  return (
    <p class={`prose ${kind}`}>
      {text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </p>
  );
}
