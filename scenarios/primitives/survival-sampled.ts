import { scenario } from "../../harness/scenario.ts";
import { Condition } from "../../primitives/condition.ts";
import { JoinableQueue } from "../../primitives/joinable-queue.ts";
import { conditionPassesOverTheDead, joinableQueueIsJoined } from "./survival.ts";

// Programs that are too large for each fault in every interleaving; deaths and pauses in them are only sampled.

export const conditionNotifiesTheLiving = scenario(import.meta.url, conditionPassesOverTheDead(Condition));
export const joinableQueueSettles = scenario(import.meta.url, joinableQueueIsJoined(JoinableQueue));
