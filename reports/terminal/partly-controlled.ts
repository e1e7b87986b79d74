import type { Result } from "../../harness/result.ts";
import { count } from "./text.ts";

/** What of the runs no schedule orders, and how sure one can be all the same; empty if all was under control. */
export function describePartlyControlled({ partlyControlled }: Pick<Result, "partlyControlled">): readonly string[] {
  if (partlyControlled === undefined) return [];
  const { used, confirmedBy, unconfirmed, redone } = partlyControlled;
  const means =
    confirmedBy === 0 ? "" : `The failure was confirmed: each of ${confirmedBy} replays failed in the same way.`;
  const differences = [
    ...(redone.differing === 0 ? [] : [`${redone.differing} went another way`]),
    ...(redone.otherReplies === 0 ? [] : [`${redone.otherReplies} took the same steps and had other replies`]),
  ];
  const again =
    differences.length === 0 ? "" : `Of ${count(redone.runs, "run")} done again ${differences.join(", and ")}.`;
  const more = unconfirmed.length - UNCONFIRMED_SHOWN_MAX;
  return [
    [`Partly controlled: the runs used ${used.join(" and ")}, which no schedule orders.`, means, again]
      .filter((sentence) => sentence !== "")
      .join(" "),
    ...unconfirmed
      .slice(0, UNCONFIRMED_SHOWN_MAX)
      .map(
        ({ property, message, replays, failed }) =>
          `Not confirmed, and so no failure: ${property} was violated (${message}), and in ${failed} of ${count(replays, "replay")} again.${property === "no-deadlock" ? SLOW : ""}`,
      ),
    ...(more <= 0 ? [] : [`${count(more, "more violation")} ${more === 1 ? "was" : "were"} not confirmed.`]),
  ];
}

const UNCONFIRMED_SHOWN_MAX = 3;
const SLOW = " If the server is only slow, give `replyWaitMs` more.";
