import { isScenario, type Scenario } from "../harness/scenario.ts";
import * as chefs from "./chefs.ts";
import * as ktv from "./ktv.ts";
import * as models from "./models.ts";
import * as nameTag from "./name-tag.ts";
import * as palaces from "./palaces.ts";
import * as pipe from "./pipe.ts";
import * as pipeContention from "./pipe-contention.ts";
import { PRIMITIVE_SCENARIOS } from "./primitives/index.ts";
import * as producerConsumer from "./producer-consumer.ts";
import * as stack from "./stack.ts";
import * as ticketRush from "./ticket-rush.ts";
import * as ticketRushFile from "./ticket-rush-file.ts";
import * as ticketRushFileInherited from "./ticket-rush-file-inherited.ts";
import * as trafficLight from "./traffic-light.ts";
import * as value from "./value.ts";

/** The project's own scenarios, which `forkcheck list` shows: each wrong version is there to be caught. */
export const SCENARIOS: readonly Scenario[] = [
  ...[
    palaces,
    ticketRush,
    ticketRushFile,
    ticketRushFileInherited,
    value,
    nameTag,
    ktv,
    trafficLight,
    producerConsumer,
    chefs,
    pipe,
    pipeContention,
    stack,
    models,
  ].flatMap((module) =>
    Object.values<unknown>(module)
      .filter(isScenario)
      .sort((a, b) => a.ordinal - b.ordinal),
  ),
  ...PRIMITIVE_SCENARIOS,
];
