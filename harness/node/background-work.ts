import { AsyncResource } from "node:async_hooks";
import crypto from "node:crypto";
import { EventEmitter } from "node:events";
import zlib from "node:zlib";
import type { Names } from "../engine/names.ts";
import type { Gate } from "./gate.ts";

/**
 * What Node has computed on other threads: compressing, and what of `crypto` takes long. It is waited for in the step that asked
 * for it, as no other process can see how long it takes; that it is done is an event of the process, like that of a file
 * operation. Where several are under way, all of them are waited for: which one comes first is the schedule's choice.
 */
export class BackgroundWork {
  readonly #gate: Gate;
  readonly #names: Names;
  #underWay = 0;
  /** Those of the run before may still come to their end. */
  #run = {};
  #done: { readonly order: number; readonly name: string; readonly place: string; readonly tell: () => void }[] = [];
  #next = 0;

  constructor(gate: Gate, names: Names) {
    this.#gate = gate;
    this.#names = names;
  }

  get active(): boolean {
    return this.#gate.active;
  }

  get underWay(): boolean {
    return this.#underWay > 0;
  }

  /** Forgets what a run that is over has left. */
  clear(): void {
    this.#run = {};
    this.#underWay = 0;
    this.#done = [];
    this.#next = 0;
  }

  /** Some of it has been asked for: returns what is to be called when it is done, with what its program is then told by. */
  begin(name: string): (tell: () => void) => void {
    const run = this.#run;
    const order = this.#next++;
    const place = this.#gate.place();
    const caller = new AsyncResource(name);
    let isDone = false;
    this.#underWay++;
    this.#gate.hold(1);
    return (tell) => {
      if (isDone || run !== this.#run) return;
      isDone = true;
      this.#done.push({ order, name, place, tell: () => caller.runInAsyncScope(tell) });
      this.#underWay--;
      if (this.#underWay === 0) this.#tellAll();
    };
  }

  #tellAll(): void {
    for (const { name, place, tell } of this.#done.sort((a, b) => a.order - b.order)) {
      this.#gate.expectLocal(this.#names.intern(`${name} is done`), place, () => {
        this.#gate.hold(-1);
        tell();
      });
    }
    this.#done = [];
  }
}

/** Replaces what computes on other threads: see `BackgroundWork`. */
export function replaceBackgroundWork(work: BackgroundWork): void {
  for (const name of WITH_CALLBACK) waitForCallback(work, crypto, name);
  const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as object;
  for (const name of Object.getOwnPropertyNames(subtle)) {
    if (name !== "constructor" && typeof Reflect.get(subtle, name) === "function") waitForPromise(work, subtle, name);
  }
  // All that compresses, as a stream or at once, passes through here.
  waitForCallback(work, classThatHas(zlib.Gzip.prototype, "_transform"), "_transform", "zlib");
  waitForCallback(work, classThatHas(zlib.BrotliCompress.prototype, "_transform"), "_transform", "zlib");
}

const WITH_CALLBACK = [
  "checkPrime",
  "generateKey",
  "generateKeyPair",
  "generatePrime",
  "hkdf",
  "pbkdf2",
  "scrypt",
  "sign",
  "verify",
] as const;

type Callback = (...args: unknown[]) => unknown;

const REPLACED = new WeakSet<object>();

/** @param said what it is called, where that is not its name */
function waitForCallback(work: BackgroundWork, owner: object, name: string, said = name): void {
  const original = Reflect.get(owner, name) as Callback | undefined;
  if (original === undefined || REPLACED.has(original)) return;
  const replacement = new Proxy(original, {
    apply(target, self, args: unknown[]) {
      const done = args.at(-1);
      if (!work.active || typeof done !== "function") return Reflect.apply(target, self, args);
      const finished = work.begin(said);
      // A stream that fails says so in another way.
      const closed = (): void => finished(() => {});
      if (self instanceof EventEmitter) self.once("close", closed);
      const then = (...outcome: unknown[]): void => {
        if (self instanceof EventEmitter) self.off("close", closed);
        finished(() => void Reflect.apply(done as Callback, self, outcome));
      };
      try {
        return Reflect.apply(target, self, [...args.slice(0, -1), then]);
      } catch (error) {
        closed();
        throw error;
      }
    },
  });
  REPLACED.add(replacement);
  Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
}

function waitForPromise(work: BackgroundWork, owner: object, name: string): void {
  const original = Reflect.get(owner, name) as (...args: unknown[]) => Promise<unknown>;
  const replacement = new Proxy(original, {
    apply(target, self, args: unknown[]) {
      if (!work.active) return Reflect.apply(target, self, args);
      const finished = work.begin(name);
      return new Promise((resolve, reject) => {
        Reflect.apply(target, self, args).then(
          (value) => finished(() => resolve(value)),
          (error: unknown) => finished(() => reject(error)),
        );
      });
    },
  });
  Object.defineProperty(owner, name, { value: replacement, writable: true, configurable: true, enumerable: true });
}

function classThatHas(prototype: object, name: string): object {
  for (let owner = prototype; ; owner = Object.getPrototypeOf(owner) as object) {
    if (Object.hasOwn(owner, name)) return owner;
  }
}
