import { probe, type SharedObject } from "./memory/probe.ts";

/**
 * Reports operations on shared objects to the probe, so that they appear in the history by themselves. Callers ask
 * `probe === null` first and skip this file altogether in production.
 *
 * Awaiting and blocking forms report under the same name ("acquire"), trying forms under their own ("tryAcquire"): a
 * property or a model then sees one operation, however it was called.
 */
export function report<T>(object: SharedObject, name: string, args: readonly unknown[], body: () => T): T {
  const watching = probe;
  if (watching === null) return body();
  const id = watching.invoked(object, name, args);
  try {
    const result = body();
    watching.returned(id, result);
    return result;
  } catch (error) {
    watching.threw(id, error);
    throw error;
  }
}

export async function reportAsync<T>(
  object: SharedObject,
  name: string,
  args: readonly unknown[],
  body: () => Promise<T>,
): Promise<T> {
  const watching = probe;
  if (watching === null) return body();
  const id = watching.invoked(object, name, args);
  try {
    const result = await body();
    watching.returned(id, result);
    return result;
  } catch (error) {
    watching.threw(id, error);
    throw error;
  }
}

/** How long a call may wait. All waiting operations take these. */
export interface WaitOptions {
  /** Milliseconds for the whole call; undefined waits for ever, 0 or less tries once. */
  readonly timeoutMs?: number | undefined;
  /** Aborting it ends the wait: the call rejects with the signal's reason, and nothing has changed. */
  readonly signal?: AbortSignal | undefined;
}

/** What a history shows of wait options: plain data, and nothing where nothing was asked for. */
export function shownOptions(options: WaitOptions | undefined): readonly unknown[] {
  return options?.timeoutMs === undefined ? [] : [{ timeoutMs: options.timeoutMs }];
}
