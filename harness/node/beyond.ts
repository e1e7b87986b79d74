import dgram from "node:dgram";
import net from "node:net";
import { basename } from "node:path";
import tls from "node:tls";
import { labelText } from "../engine/footprints.ts";
import { H, type LaneMemory } from "../engine/lane-memory.ts";
import type { Names } from "../engine/names.ts";
import { stackHere, userPlace } from "../engine/source-place.ts";
import type { Gate } from "./gate.ts";

/**
 * What is not under control. What would run beside the schedule ends the check with an error that says so; what can only be
 * waited for is let through, and the result says that the runs were partly controlled.
 */
export function watchTheRest(gate: Gate, memory: LaneMemory, names: Names): void {
  const refuse = (owner: object, names: readonly string[], what: string, instead: string): void => {
    for (const name of names) {
      const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
      const refused = (): void => {
        if (gate.active) gate.refuse(`${what}${name}${placed()} is called, which ${instead}`);
      };
      const replacement = new Proxy(original, {
        apply: (target, self, args) => {
          refused();
          return Reflect.apply(target, self, args);
        },
        construct: (target, args, newTarget) => {
          refused();
          return Reflect.construct(target, args, newTarget) as object;
        },
      });
      Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
    }
  };
  refuse(dgram, ["createSocket"], "dgram.", BESIDE);
  refuse(net.Server.prototype, ["listen"], "net.Server.", IS_A_SERVER);
  refuse(tls, ["connect"], "tls.", IS_ENCRYPTED);

  const load = process.dlopen.bind(process);
  process.dlopen = (...args: Parameters<typeof load>) => {
    noteAddon(memory, names, args[1]);
    return load(...args);
  };
}

const BESIDE =
  "would run beside the schedule, and no replay could bring its steps back. Give that part a process of its own in " +
  "`processes`, or leave it out of the role.";
const IS_A_SERVER =
  "can't answer while others have their turn. Start the server outside of the run, before the check, and put it back into its " +
  "first state in `setup`.";
const IS_ENCRYPTED =
  "makes requests that can't be told apart from what keeps the connection going. Let the server of the test listen without " +
  "TLS, too, and connect there.";

/** Why another program is refused that nobody waits for. */
export function beside(what: string): string {
  return `${what}${placed()} is called, which ${BESIDE} A program that is waited for (execFileSync and its like) is one step.`;
}

/** Says for the result what the program has used that no schedule orders. */
export function noteBeyond(memory: LaneMemory, what: BeyondControl): void {
  memory.words[H.beyond] |= 1 << BEYOND.indexOf(what);
}

/** A scenario's module or package has loaded an addon, which may do anything. */
export function noteAddon(memory: LaneMemory, names: Names, file: string): void {
  memory.words[H.addon] = names.intern(basename(file));
  noteBeyond(memory, "native addons");
}

/** What was used since the scenario was loaded that the runs depend on and no schedule orders. */
export function beyondControl(memory: LaneMemory): string[] {
  const used = BEYOND.filter((what, bit) => what !== REFUSED && (memory.words[H.beyond] & (1 << bit)) !== 0);
  return used.map((what) =>
    what === "native addons" ? `${what} (${labelText(memory, memory.words[H.addon])})` : what,
  );
}

/** A program was kept from changing something outside of its run's folder. */
export function wasKeptInside(memory: LaneMemory): boolean {
  return (memory.words[H.beyond] & (1 << BEYOND.indexOf(REFUSED))) !== 0;
}

type BeyondControl = (typeof BEYOND)[number];
const REFUSED = "changes outside of the run's folder";
const BEYOND = ["sockets", "native addons", "other programs", REFUSED] as const;

function placed(): string {
  const place = userPlace(stackHere());
  return place === "" ? "" : ` (${place})`;
}
