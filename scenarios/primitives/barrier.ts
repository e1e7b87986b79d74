import fc from "fast-check";
import type { Property } from "../../harness/property.ts";
import { scenario, times } from "../../harness/scenario.ts";
import { Barrier } from "../../primitives/barrier.ts";
import { barrierRounds } from "../../properties/barrier-rounds.ts";
import type { Claim } from "./claim.ts";

export const barrierKeepsRounds = scenario(import.meta.url, barrierWaitsForAll(Barrier));

interface Party {
  readonly parties: number;
}

/** Whoever is early for a round finds others who have not yet left the one before. */
export function barrierWaitsForAll(type: new (parties: number) => Barrier): Claim<Party, { barrier: Barrier }> {
  return {
    name: "barrier-rounds",
    description: "everybody meets at a barrier again and again: nobody goes on before all are there",
    input: fc.record({ parties: fc.integer({ min: 2, max: 3 }) }),
    shared: ({ parties }) => ({ barrier: new type(parties) }),
    processes: ({ parties }) => times(parties, "walker"),
    roles: {
      async walker({ barrier }) {
        for (let round = 1; round <= ROUNDS; round++) await barrier.wait();
      },
    },
    properties: [roundsOfAll()],
  };
}

const ROUNDS = 3;

function roundsOfAll(): Property {
  return {
    ...barrierRounds({ parties: 2 }),
    claim: "nobody passes the barrier before all have arrived",
    check: (history) => barrierRounds({ parties: (history.input as Party).parties }).check(history),
  };
}
