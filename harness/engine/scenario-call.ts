import { ScenarioError } from "./trouble.ts";

/** Calls one of the scenario's own functions; what it throws is the scenario's. */
export function guarded<T>(what: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError(
      `the scenario's \`${what}\` threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}

/** The same for one that talks to a server. */
export async function inTime<T>(what: string, body: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new ScenarioError(
      `the scenario's \`${what}\` needed more than ${SERVER_MS_MAX / 1000} s (limit: serverMsMax). Look whether the server is there and answers.`,
    );
    timer = setTimeout(() => reject(error), SERVER_MS_MAX);
  });
  try {
    return await Promise.race([body(), late]);
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError(
      `the scenario's \`${what}\` failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Less than the time after which a conductor that says nothing is taken to be caught in an endless loop. */
const SERVER_MS_MAX = 10_000;
