import { compareMeasures } from "../measure.ts";
import type { Ledger } from "./ledger.ts";
import type { Failure } from "./shrink.ts";
import type { Attempt, Subject } from "./subject.ts";

/**
 * Makes one failing run smaller without searching all of what is below it: takes away one switch after the other, letting
 * the process go on instead, and keeps each strictly smaller run that still fails (after Jalbert and Sen, FSE 2010).
 */
export async function mergeSwitches(subject: Subject, failure: Failure, ledger: Ledger): Promise<Attempt> {
  const runsMax = ledger.visited.length + RUNS_MAX;
  await subject.prepare(failure.input.value);
  let best = await withFewerFaults(subject, failure.attempt, ledger);
  for (let improved = true; improved;) {
    improved = false;
    for (const guide of withOneSwitchLess(best)) {
      if (ledger.visited.length >= runsMax || subject.stopping) return best;
      const attempt = await subject.attempt({ guide, draws: best.draws, faults: best.faults });
      ledger.enter(attempt.measure);
      if (attempt.judgement === null || compareMeasures(attempt.measure, best.measure) >= 0) continue;
      best = attempt;
      improved = true;
      break;
    }
  }
  return best;
}

const RUNS_MAX = 5000;

/** Takes away one fault after the other, as long as the rest still does it. */
async function withFewerFaults(subject: Subject, attempt: Attempt, ledger: Ledger): Promise<Attempt> {
  let best = attempt;
  for (const fault of attempt.faults) {
    const faults = best.faults.filter((other) => other !== fault);
    const guide = best.steps.map(({ strand }) => strand);
    const without = await subject.attempt({ guide, draws: best.draws, faults });
    ledger.enter(without.measure);
    if (without.judgement !== null && compareMeasures(without.measure, best.measure) < 0) best = without;
  }
  return best;
}

/** Guides in which one stretch of a strand is moved up to the stretch before it, or left out. */
function* withOneSwitchLess(attempt: Attempt): Generator<number[]> {
  const strands = attempt.steps.map(({ strand }) => strand);
  const starts = strands.map((_, index) => index).filter((index) => index > 0 && strands[index] !== strands[index - 1]);
  for (const start of starts) {
    // Cut off here: the rest goes on without preemption.
    yield strands.slice(0, start);
  }
  for (const start of starts) {
    const again = strands.indexOf(strands[start - 1], start);
    if (again < 0) continue;
    let end = again;
    while (end < strands.length && strands[end] === strands[again]) end++;
    // The strand that was interrupted at `start` takes its next stretch before the interruption.
    yield [
      ...strands.slice(0, start),
      ...strands.slice(again, end),
      ...strands.slice(start, again),
      ...strands.slice(end),
    ];
  }
}
