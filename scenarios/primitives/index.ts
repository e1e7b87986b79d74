import { isScenario, type Scenario } from "../../harness/scenario.ts";
import * as barrier from "./barrier.ts";
import * as condition from "./condition.ts";
import * as event from "./event.ts";
import * as fairLock from "./fair-lock.ts";
import * as joinableQueue from "./joinable-queue.ts";
import * as lock from "./lock.ts";
import * as pipe from "./pipe.ts";
import * as queue from "./queue.ts";
import * as rlock from "./rlock.ts";
import * as semaphore from "./semaphore.ts";
import * as sharedArray from "./shared-array.ts";
import * as sharedBytes from "./shared-bytes.ts";
import * as simpleQueue from "./simple-queue.ts";
import * as survival from "./survival.ts";
import * as survivalSampled from "./survival-sampled.ts";
import * as timeOuts from "./time-outs.ts";
import * as value from "./value.ts";

/** What is claimed of the project's own primitives. */
export const PRIMITIVE_SCENARIOS: readonly Scenario[] = [
  lock,
  fairLock,
  rlock,
  semaphore,
  event,
  condition,
  barrier,
  queue,
  simpleQueue,
  joinableQueue,
  pipe,
  value,
  sharedArray,
  sharedBytes,
  timeOuts,
  survival,
  survivalSampled,
].flatMap((module) =>
  Object.values<unknown>(module)
    .filter(isScenario)
    .sort((a, b) => a.ordinal - b.ordinal),
);
