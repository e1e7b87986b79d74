import fc from "fast-check";
import { scenario, times } from "../harness/scenario.ts";
import { Event } from "../primitives/event.ts";
import { eventGating } from "../properties/event-gating.ts";

/**
 * A traffic light is an event: set while it is green. Cars come when they like, and cross on green. The tutorial's light
 * goes on for ever; this one ends on green, so that every car gets across.
 */
interface Crossing {
  readonly phases: number;
  readonly cars: number;
}

/** How long the light stays red, and green, in milliseconds. */
const PHASE_MS = 2000;
/** A car comes within this time. */
const ARRIVAL_MS = 8000;
/** How long an impatient driver waits. */
const PATIENCE_MS = 1000;

const crossing = {
  input: fc.record({ phases: fc.integer({ min: 1, max: 3 }), cars: fc.integer({ min: 1, max: 10 }) }),
  examples: [{ phases: 2, cars: 10 }],
  shared: () => ({ green: new Event() }),
  processes: ({ cars }: Crossing) => ["light", ...times(cars, "car")],
  properties: [eventGating({ object: "green", gated: "cross" })],
};

export const trafficLight = scenario(import.meta.url, {
  ...crossing,
  name: "traffic-light",
  description: "cars wait for the event that is set while the light is green: nobody crosses on red",
  roles: {
    light: ({ green }, p) => changeLights(green, p),
    async car({ green }, p) {
      await p.think(ARRIVAL_MS);
      await p.operation("cross", async () => {
        if (!green.isSet) await green.wait();
      });
    },
  },
});

export const trafficLightIgnoredWait = scenario(import.meta.url, {
  ...crossing,
  name: "traffic-light-ignored-wait",
  description: "the wait has a time-out and nobody looks at its answer: cars cross on red",
  roles: {
    light: ({ green }, p) => changeLights(green, p),
    async car({ green }, p) {
      await p.think(ARRIVAL_MS);
      await p.operation("cross", async () => {
        if (!green.isSet) await green.wait({ timeoutMs: PATIENCE_MS });
      });
    },
  },
  violates: ["event-gating"],
});

async function changeLights(
  green: Event,
  p: { readonly input: Crossing; sleep(ms: number): Promise<void> },
): Promise<void> {
  for (let phase = 1; phase <= p.input.phases; phase++) {
    if (phase > 1) green.clear();
    await p.sleep(PHASE_MS);
    green.set();
    if (phase < p.input.phases) await p.sleep(PHASE_MS);
  }
}
