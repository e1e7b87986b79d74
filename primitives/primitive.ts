import { types as kindsOf } from "node:util";
import { NotSharableError } from "./errors.ts";
import { Arena, currentArena, type Stretch, withArena } from "./memory/arena.ts";
import { commons, existingCommons } from "./memory/commons.ts";
import type { SharedObject } from "./memory/probe.ts";
import type { Region } from "./memory/region.ts";

/**
 * What all primitives have in common: a place in shared memory, and a way to another process. A primitive travels in the
 * `args` of a Process, at any depth, as a handle; the child builds the same object at the same place.
 */
export abstract class Primitive implements SharedObject {
  abstract readonly offset: number;
  abstract readonly byteLength: number;
  /**
   * Tells how to build this object elsewhere. It is a function and the object's own, so that whoever tries to send a
   * primitive as data (through a queue, in a message) gets an error from the structured clone instead of a lifeless copy.
   */
  readonly handle: () => Handle;

  /** @param args what the constructor has to be called with to get the same object at the same place */
  constructor(args: readonly unknown[]) {
    const lies = currentArena().track();
    this.handle = () => {
      const type = nameOf(this.constructor);
      const region = this.region;
      if (region !== existingCommons()?.region) {
        throw new NotSharableError(type, "it lives in an arena of its own. Create it outside of withArena");
      }
      return { [HANDLE]: type, at: lies(), args: packed(this.leaving(args)) as readonly unknown[] };
    };
  }

  protected abstract get region(): Region;

  /** Called when the object is about to travel; answers the arguments to build it with over there. */
  protected leaving(args: readonly unknown[]): readonly unknown[] {
    return args;
  }
}

/** A class whose objects travel, under the name that handles carry. */
export function travels(name: string, type: new (...args: never[]) => Primitive): void {
  types.set(name, type as Constructor);
  names.set(type, name);
}

/**
 * `value` with a handle in place of each primitive; everything else is left to the structured clone.
 *
 * @throws {NotSharableError} there is an instance of a class in it that would arrive without its methods
 */
export function packed(value: unknown): unknown {
  return mapped(value, new Map(), (inner) => {
    if (inner instanceof Primitive) return inner.handle();
    if (!isData(inner)) throw new NotSharableError(instanceOf(inner), "it would arrive without its methods");
    return undefined;
  });
}

/** The opposite of `packed`, in the process that received the value. */
export function unpacked(value: unknown): unknown {
  return mapped(value, new Map(), (inner) => (isHandle(inner) ? built(inner) : undefined));
}

const HANDLE = "forkcheck:handle";

export interface Handle {
  readonly [HANDLE]: string;
  /** Where it lies, in the order in which its constructor allocates. */
  readonly at: readonly Stretch[];
  readonly args: readonly unknown[];
}

type Constructor = new (...args: unknown[]) => Primitive;

const types = new Map<string, Constructor>();
const names = new Map<unknown, string>();

function nameOf(type: unknown): string {
  const name = names.get(type);
  if (name === undefined) {
    throw new NotSharableError((type as { name: string }).name, "its class was not declared with travels(name, class)");
  }
  return name;
}

function isHandle(value: object): value is Handle {
  return HANDLE in value;
}

function built(handle: Handle): Primitive {
  const type = types.get(handle[HANDLE]);
  if (type === undefined) {
    throw new NotSharableError(handle[HANDLE], "the receiving process has not imported its class");
  }
  const place = Arena.of(commons().region, handle.at);
  const args = unpacked(handle.args) as unknown[];
  return withArena(place, () => new type(...args));
}

/** What the structured clone brings over as what it is. */
function isData(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown;
  return (
    prototype === null ||
    prototype === Object.prototype ||
    Array.isArray(value) ||
    value instanceof Map ||
    value instanceof Set ||
    ArrayBuffer.isView(value) ||
    kindsOf.isAnyArrayBuffer(value) ||
    kindsOf.isDate(value) ||
    kindsOf.isRegExp(value) ||
    kindsOf.isBoxedPrimitive(value) ||
    kindsOf.isNativeError(value)
  );
}

function instanceOf(value: object): string {
  const { constructor } = value as { readonly constructor?: { readonly name?: unknown } };
  const name = typeof constructor?.name === "string" ? constructor.name : "";
  return name === "" ? "an object with a prototype of its own" : `an instance of ${name}`;
}

/** A copy of `value` in which `replace` has its say about each object; the value itself if it says nothing anywhere. */
function mapped(value: unknown, seen: Map<object, unknown>, replace: (inner: object) => unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const replacement = replace(value);
  if (replacement !== undefined) {
    seen.set(value, replacement);
    return replacement;
  }
  const inner = (part: unknown): unknown => mapped(part, seen, replace);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    seen.set(value, copy);
    for (const part of value) copy.push(inner(part));
    return copy;
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    seen.set(value, copy);
    for (const [key, part] of value) copy.set(inner(key), inner(part));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    seen.set(value, copy);
    for (const part of value) copy.add(inner(part));
    return copy;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  for (const [key, part] of Object.entries(value)) copy[key] = inner(part);
  return copy;
}
