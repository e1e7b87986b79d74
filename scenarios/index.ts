import type { Scenario } from "../harness/scenario.ts";
import * as ticketRush from "./ticket-rush.ts";
import * as ticketRushFile from "./ticket-rush-file.ts";

/** The project's own scenarios, which `forkcheck list` shows: each wrong version is there to be caught. */
export const SCENARIOS: readonly Scenario[] = [ticketRush, ticketRushFile].flatMap((module) =>
  (Object.values(module) as unknown as Scenario[]).sort((a, b) => a.ordinal - b.ordinal),
);
