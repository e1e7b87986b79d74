import { AsyncResource } from "node:async_hooks";
import crypto from "node:crypto";
import { derivedSeed, nextDouble, seedRandom } from "../engine/random.ts";
import type { Gate } from "./gate.ts";

/**
 * The random numbers of a process under control: unlike those of its neighbours, and the same in every run, as a run's value
 * says nothing about them.
 */
export class Randomness {
  readonly #state = new Int32Array(4);

  /** To be called before each run. */
  begin(process: number): void {
    seedRandom(this.#state, 0, derivedSeed(SEED, process));
  }

  /** In [0, 1). */
  next(): number {
    return nextDouble(this.#state, 0);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  fill(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.below(256);
  }

  /** Six letters and digits, for a name that nobody has yet. */
  suffix(): string {
    return Array.from({ length: 6 }, () => LETTERS[this.below(LETTERS.length)]).join("");
  }

  /** @param time in milliseconds, for one that begins with it (version 7); without it all of it is random */
  uuid(time?: number): string {
    const bytes = Buffer.alloc(16);
    this.fill(bytes);
    if (time !== undefined) bytes.writeUIntBE(time, 0, 6);
    bytes[6] = (bytes[6] & 0x0f) | (time === undefined ? 0x40 : 0x70);
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = bytes.toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }
}

const SEED = 0x464b;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Replaces `Math.random` and what `crypto` has of that kind. */
export function replaceRandomness(gate: Gate, random: Randomness): void {
  const own = crypto as unknown as Record<string, unknown>;
  const replace = (owner: object, name: string, controlled: (...args: any[]) => unknown): void => {
    const original = Reflect.get(owner, name) as ((...args: unknown[]) => unknown) | undefined;
    if (original === undefined) return;
    const replacement = function (this: unknown, ...args: unknown[]): unknown {
      return gate.active ? controlled(...args) : original.apply(this, args);
    };
    Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
  };
  replace(Math, "random", () => random.next());
  for (const name of ["randomBytes", "pseudoRandomBytes", "prng", "rng"]) {
    replace(own, name, (size: number, done?: Done) => {
      const bytes = Buffer.alloc(size);
      random.fill(bytes);
      return handed(gate, bytes, done);
    });
  }
  replace(own, "randomUUID", () => random.uuid());
  replace(own, "randomUUIDv7", () => random.uuid(Date.now()));
  replace(own, "randomInt", (first: number, second?: number | Done, third?: Done) => {
    const [low, high] = typeof second === "number" ? [first, second] : [0, first];
    return handed(gate, low + random.below(high - low), typeof second === "function" ? second : third);
  });
  const fill = (buffer: ArrayBufferView | ArrayBuffer, offset = 0, size?: number) => {
    const width = "BYTES_PER_ELEMENT" in buffer ? Number(buffer.BYTES_PER_ELEMENT) : 1;
    const bytes = ArrayBuffer.isView(buffer)
      ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
      : new Uint8Array(buffer);
    random.fill(bytes.subarray(offset * width, size === undefined ? undefined : (offset + size) * width));
    return buffer;
  };
  replace(own, "randomFillSync", fill);
  replace(own, "randomFill", (buffer: ArrayBufferView, ...rest: unknown[]) => {
    const numbers = rest.filter((argument): argument is number => typeof argument === "number");
    return handed(gate, fill(buffer, ...numbers), rest.at(-1) as Done);
  });
  const web = Object.getPrototypeOf(crypto.webcrypto) as object;
  replace(web, "getRandomValues", (buffer: ArrayBufferView) => fill(buffer));
  replace(web, "randomUUID", () => random.uuid());
}

type Done = (error: null, value: unknown) => void;

function handed(gate: Gate, value: unknown, done?: Done): unknown {
  if (done === undefined) return value;
  const caller = new AsyncResource("RANDOM");
  gate.hold(1);
  gate.expectLocal(0, "", () => {
    gate.hold(-1);
    caller.runInAsyncScope(done, undefined, null, value);
  });
  return undefined;
}
