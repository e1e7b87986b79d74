import { expect, test } from "vitest";
import { registryOf } from "./agents.ts";
import { processStart } from "./linux.ts";
import { AGENT_ID, AGENT_PID, AGENT_STARTED_HIGH, AGENT_STARTED_LOW, agentIndex, AGENTS_MAX } from "./lobby.ts";
import { Region } from "./region.ts";

/** Enters a process into a slot, as it would itself. */
function entered(region: Region, slot: number, pid: number, started: bigint): number {
  const index = agentIndex(slot);
  const agent = AGENTS_MAX + slot;
  region.lobby[index + AGENT_PID] = pid;
  region.lobby[index + AGENT_STARTED_LOW] = Number(BigInt.asIntN(32, started));
  region.lobby[index + AGENT_STARTED_HIGH] = Number(started >> 32n);
  region.lobby[index + AGENT_ID] = agent;
  return agent;
}

test("an owner lives as long as the process with its pid is the one that had it then", () => {
  using region = Region.create("agents-test", 4096);
  const registry = registryOf(region);
  const own = registry.own();
  expect(registry.isAlive(own)).toBe(true);
  const started = processStart(process.ppid)!;
  expect(registry.isAlive(entered(region, 1, process.ppid, started))).toBe(true);
  // The pid was given out again: its process began later than the one that is meant.
  expect(registry.isAlive(entered(region, 2, process.ppid, started - 1n))).toBe(false);
  expect(registry.isAlive(entered(region, 3, 2 ** 22 + 1, started))).toBe(false);
  // The slot belongs to somebody else by now.
  const before = entered(region, 4, process.ppid, started);
  region.lobby[agentIndex(4) + AGENT_ID] = before + AGENTS_MAX;
  expect(registry.isAlive(before)).toBe(false);
  expect(registry.isAlive(before + AGENTS_MAX)).toBe(true);
});
