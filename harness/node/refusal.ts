import { stackHere, userPlace } from "../engine/source-place.ts";

/** What a program is told that calls what has no controlled form, and could not be let through. */
export function refusal(what: string, instead = "Leave it out of the role."): Error {
  const place = userPlace(stackHere());
  return Object.assign(
    new Error(
      `${what} is not under control${place === "" ? "" : `: it is called at ${place}`}. forkcheck has no form of it that a ` +
        `schedule could order. ${instead}`,
    ),
    { code: "ERR_FORKCHECK_NOT_CONTROLLED" },
  );
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
