import type { Lesson } from "../../reports/index.ts";
import { chefsLesson } from "./chefs.ts";
import { ktvLesson } from "./ktv.ts";
import { palacesLesson } from "./palaces.ts";
import { pipeContentionLesson } from "./pipe-contention.ts";
import { pipeEofLesson } from "./pipe-eof.ts";
import { pipeHelloLesson } from "./pipe-hello.ts";
import { producerConsumerLesson } from "./producer-consumer.ts";
import { ticketRushLesson } from "./ticket-rush.ts";
import { ticketRushFileLesson } from "./ticket-rush-file.ts";
import { trafficLightLesson } from "./traffic-light.ts";
import { valueLesson } from "./value.ts";

/** The lessons, in the order in which they build on each other: `forkcheck learn` walks through them. */
export const LESSONS: readonly Lesson[] = [
  palacesLesson,
  valueLesson,
  ticketRushLesson,
  ticketRushFileLesson,
  ktvLesson,
  trafficLightLesson,
  producerConsumerLesson,
  chefsLesson,
  pipeHelloLesson,
  pipeEofLesson,
  pipeContentionLesson,
];
