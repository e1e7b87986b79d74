export { agentIn, isAlive } from "./agents.ts";
export { Arena, currentArena, withArena, type Allocation } from "./arena.ts";
export { announceCopy, copyIn, copyOut } from "./bytes.ts";
export { deadlineAfter, now, sleep, sleepSync } from "./clock.ts";
export { probe, setProbe, type AccessKind, type Probe, type SharedObject, type WaitOutcome } from "./probe.ts";
export { Region } from "./region.ts";
export { Word } from "./word.ts";
export { WideWord } from "./wide-word.ts";
