import type { Gate } from "./gate.ts";
import { refuseAll, refusal } from "./refusal.ts";

/**
 * `Atomics.wait` is how packages sleep without letting go of the stack: it passes in virtual time. Threads under
 * control share no memory, so nobody could end it sooner, and one without a timeout would never end.
 */
export function replaceWaiting(gate: Gate): void {
  const original = Atomics.wait.bind(Atomics) as (...args: unknown[]) => unknown;
  const wait = (view: Int32Array | BigInt64Array, index: number, value: number | bigint, timeout = Infinity) => {
    if (!gate.active) return original(view, index, value, timeout);
    const ms = Number(timeout);
    // As it does with what it cannot wait on.
    if (!(view.buffer instanceof SharedArrayBuffer) || index < 0 || index >= view.length)
      return original(view, index, value, 0);
    if (Atomics.load(view as Int32Array, index) !== value) return "not-equal";
    if (Number.isNaN(ms) || ms === Infinity) {
      throw refusal("Atomics.wait without a timeout", "Nobody could wake it: no other thread shares its memory.");
    }
    if (ms > 0) gate.sleepSync(ms);
    return "timed-out";
  };
  Object.defineProperty(Atomics, "wait", { value: wait, writable: true, configurable: true, enumerable: false });
  refuseAll(Atomics, ["waitAsync"], "Atomics", () => gate.active);
  refuseAll(globalThis, ["BroadcastChannel", "WebSocket", "EventSource"], "globalThis", () => gate.active);
}
