import { existsSync } from "node:fs";
import { dieWithParent, pinToCore } from "../../primitives/memory/linux.ts";
import { Region } from "../../primitives/memory/region.ts";

/**
 * How a started process joins its lane: it maps the region that it inherited, goes to the lane's core, and makes sure not
 * to outlive its parent. The pool passes all of that in one environment variable.
 */
export function joinLane(): Membership {
  const text = process.env[MEMBERSHIP_VARIABLE];
  if (text === undefined)
    throw new Error("this file is started by forkcheck's pool, not by hand. Use `npx forkcheck run`.");
  const membership = JSON.parse(text) as MembershipData;
  dieWithParent();
  // The parent may have died before the kernel was asked; then nobody will ever tell.
  if (process.ppid !== membership.parent) process.exit(0);
  if (membership.core !== null) pinToCore(membership.core);
  return { ...membership, region: Region.attach(REGION_FD, membership.byteLength) };
}

/** A spare says that it is up, loads what it probably will need, and waits for its number. */
export async function awaitRole({ preload, folder }: MembershipData): Promise<number> {
  const told = new Promise<SpareRole>((resolve) => process.once("message", resolve));
  if (existsSync(folder)) process.chdir(folder);
  // What is wrong with the module is said when it is loaded in earnest.
  if (preload !== undefined && preload !== "") await import(preload).catch(() => {});
  process.send?.({ type: "ready" });
  const { agent, core } = await told;
  if (core !== null) pinToCore(core);
  return agent;
}

/** Tells the pool that this process is up. */
export function reportReady(): void {
  process.send?.({ type: "ready" });
  // The channel must not keep the process from ending, nor count as something that a role waits for.
  process.channel?.unref();
}

export const SPARE = -1;

export interface SpareRole {
  readonly agent: number;
  readonly core: number | null;
}

export interface MembershipData {
  readonly parent: number;
  readonly lane: number;
  /** 0 is the conductor, i + 1 the worker that plays process i, SPARE one that is yet to be told. */
  readonly agent: number;
  /** A module that a spare may load while it waits. */
  readonly preload?: string;
  readonly core: number | null;
  readonly byteLength: number;
  readonly folder: string;
  /** After this long without any step a process is taken to be in an endless loop. */
  readonly watchdogMs: number;
}

export interface Membership extends MembershipData {
  readonly region: Region;
}

export const MEMBERSHIP_VARIABLE = "FORKCHECK_LANE";

/** Where the pool puts the region among a process's file descriptors. */
const REGION_FD = 3;
