import childProcess from "node:child_process";
import dgram from "node:dgram";
import net from "node:net";
import workerThreads from "node:worker_threads";
import { H, type LaneMemory } from "../engine/lane-memory.ts";
import { stackHere, userPlace } from "../engine/source-place.ts";
import type { Gate } from "./gate.ts";

/**
 * What is not under control. What would run beside the schedule is refused with an error that says so; what can only be waited for
 * is let through, and the result says that the runs were partly controlled.
 */
export function watchTheRest(gate: Gate, memory: LaneMemory): void {
  const refuse = (owner: object, name: string, what: string): void => {
    const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
    if (typeof original !== "function") return;
    const replacement = new Proxy(original, {
      apply: (target, self, args) => {
        if (gate.active) throw notControlled(what);
        return Reflect.apply(target, self, args);
      },
      construct: (target, args, newTarget) => {
        if (gate.active) throw notControlled(what);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
  };
  for (const name of ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]) {
    refuse(childProcess, name, `child_process.${name}`);
  }
  refuse(workerThreads, "Worker", "new Worker of worker_threads");
  refuse(dgram, "createSocket", "dgram.createSocket");

  const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
    if (gate.active) noteBeyond(memory, "sockets");
    return connect.apply(this, args);
  };
  const load = process.dlopen.bind(process);
  process.dlopen = (...args: Parameters<typeof load>) => {
    if (gate.active) noteBeyond(memory, "native addons");
    return load(...args);
  };
}

/** Says for the result what the program has used that no schedule orders. */
export function noteBeyond(memory: LaneMemory, what: BeyondControl): void {
  memory.words[H.beyond] |= 1 << BEYOND.indexOf(what);
}

/** What was used since the scenario was loaded, in words; "" if nothing was. */
export function beyondControl(memory: LaneMemory): string {
  return BEYOND.filter((_, bit) => (memory.words[H.beyond] & (1 << bit)) !== 0).join(", ");
}

type BeyondControl = (typeof BEYOND)[number];
const BEYOND = ["sockets", "native addons", "changes outside of the run's folder, which were refused"] as const;

function notControlled(what: string): Error {
  const place = userPlace(stackHere());
  return Object.assign(
    new Error(
      `${what} is not under control${place === "" ? "" : `: it is called at ${place}`}. It would run beside the schedule, and no ` +
        "replay could bring its steps back. Give that part a process of its own in `processes`, or leave it out of the role.",
    ),
    { code: "ERR_FORKCHECK_NOT_CONTROLLED" },
  );
}
