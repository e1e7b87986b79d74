import { probe } from "./probe.ts";
import type { Region } from "./region.ts";

/** Agents are numbered from 1; a number stays below this, so that a word has room for flags beside it. */
export const AGENT_MAX = 2 ** 29 - 1;

/** Who acts here, as the objects of `region` know it. Never 0. */
export function agentIn(_region: Region): number {
  if (probe !== null) return probe.agent();
  return process.pid;
}

/** Whether the process behind `agent` still lives. Never a step; cheap enough for every look at a contended object. */
export function isAlive(_region: Region, agent: number): boolean {
  if (probe !== null) return probe.alive === undefined || probe.alive(agent);
  return true;
}
