import { stackHere, userPlace } from "../engine/source-place.ts";
import type { Gate } from "./gate.ts";

/** What a program is told that calls what has no controlled form, and could not be let through. */
export function refusal(what: string, instead = "Leave it out of the role."): Error {
  const place = placed();
  return Object.assign(
    new Error(
      `${what} is not under control${place === "" ? "" : `: it is called at ${place}`}. forkcheck has no form of it that a ` +
        `schedule could order. ${instead}`,
    ),
    { code: "ERR_FORKCHECK_NOT_CONTROLLED" },
  );
}

/** A program gives a thread, or gets from it, what only real threads have in common: the check is over. */
export function threadRefusal(gate: Gate, call: string, what: string, instead = SHARE_NOTHING): never {
  const place = placed();
  return gate.refuse(
    `${call}${place === "" ? "" : ` (${place})`} is called with ${what}, which has no form that a schedule could order. ${instead}`,
  );
}

const SHARE_NOTHING =
  "Under control a thread shares nothing with its process but files and messages, which are copies. Leave it out, by the " +
  "package's own options if it has some, or have that part done in a process of the scenario.";

function placed(): string {
  return userPlace(stackHere());
}

/** Has the methods of these names refuse while a role is played. Those that this version of Node does not have are left alone. */
export function refuseAll(owner: object, names: readonly string[], said: string, active: () => boolean): void {
  for (const name of names) {
    const original = Reflect.get(owner, name) as ((...args: unknown[]) => unknown) | undefined;
    if (typeof original !== "function") continue;
    const replacement = new Proxy(original, {
      apply(target, self, args: unknown[]) {
        if (active()) throw refusal(`${said}.${name}`);
        return Reflect.apply(target, self, args);
      },
      construct(target, args: unknown[], newTarget) {
        if (active()) throw refusal(`${said}.${name}`);
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
    Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
  }
}
