import type { Fault } from "../fault.ts";
import { compareMeasures } from "../measure.ts";
import { processOf } from "../strategies/strategy.ts";
import type { Attempt, Plan, Subject } from "./subject.ts";

/**
 * Makes the faults that a failure needs smaller, one after the other: each strikes at the earliest step of its process at
 * which it still does it, and lasts, or jumps, no longer than it has to. By what counts otherwise the run does not grow.
 */
export async function smallerFaults(subject: Subject, input: unknown, failing: Attempt): Promise<Attempt> {
  // Where each run waits for a death or a server, so many more are not worth it.
  if (failing.faults.length === 0 || Number.isFinite(subject.runsMax ?? Infinity)) return failing;
  if ((await subject.prepare(input)) === null) return failing;
  let best = failing;
  for (let number = 0; number < failing.faults.length; number++) {
    best = await earlier(subject, best, number);
    best = await shorter(subject, best, number);
  }
  return best;
}

async function earlier(subject: Subject, failing: Attempt, number: number): Promise<Attempt> {
  const fault = failing.faults[number];
  const at = strikesAt(failing, number);
  if (at < 0) return failing;
  // Where it could have struck is known of the run that was attempted last.
  await subject.attempt(planOf(failing));
  const places = subject
    .faultPlaces(fault.kind)
    .filter(({ strand }) => processOf(strand) === processOf(fault.strand))
    .map((place) => ({ place, before: indexOfEntry(failing, place.step) + (place.asleep ? 1 : 0) }))
    .filter(({ before }) => before >= 0 && before < at)
    .sort((a, b) => a.before - b.before);
  for (const { place, before } of places.slice(0, PLACES_MAX)) {
    const { strand, fingerprint, occurrence } = place;
    const faults = failing.faults.with(number, { ...fault, strand, fingerprint, occurrence });
    const strands = failing.steps.map((step) => step.strand);
    const guide = [...strands.slice(0, before), strand, ...strands.slice(before, at), ...strands.slice(at + 1)];
    const attempt = await subject.attempt({ guide, draws: failing.draws, faults });
    if (isNoLarger(attempt, failing) && strikesAt(attempt, number) < at) return attempt;
  }
  return failing;
}

/** By halves: whether it still fails need not go with the length, but with one less than what is left it does not. */
async function shorter(subject: Subject, failing: Attempt, number: number): Promise<Attempt> {
  let best = failing;
  let holds = 0;
  for (;;) {
    const fault = best.faults[number];
    const length = Math.abs(fault.ms);
    if (length - holds <= 1) return best;
    const tried = holds + Math.floor((length - holds) / 2);
    const faults = best.faults.with(number, { ...fault, ms: Math.sign(fault.ms) * tried });
    const attempt = await subject.attempt(planOf(best, faults));
    if (isNoLarger(attempt, best)) best = attempt;
    else holds = tried;
  }
}

function isNoLarger(attempt: Attempt, than: Attempt): boolean {
  return (
    attempt.judgement !== null &&
    attempt.faults.length === than.faults.length &&
    compareMeasures(attempt.measure, than.measure) <= 0
  );
}

function planOf({ steps, draws, faults }: Attempt, others: readonly Fault[] = faults): Plan {
  return { guide: steps.map(({ strand }) => strand), draws, faults: others };
}

/** Which of the run's steps is the fault's turn, or is befallen by it. */
function strikesAt(attempt: Attempt, number: number): number {
  return indexOfEntry(attempt, attempt.struckAt?.[number] ?? -1);
}

function indexOfEntry({ steps }: Attempt, step: number): number {
  return steps.findIndex(({ entry }) => entry === step);
}

/** Of one fault. */
const PLACES_MAX = 200;
