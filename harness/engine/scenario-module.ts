import { declaredScenarios, scenarioName, type Scenario } from "../scenario.ts";
import { ScenarioError } from "./trouble.ts";
import type { ScenarioReference } from "./protocol.ts";

/** Imports the scenario that a request means, as every process does; says how it is called, if the request does not know. */
export async function loadScenario(request: ScenarioReference): Promise<{ scenario: Scenario; name: string }> {
  let module: object;
  try {
    module = (await import(request.moduleUrl)) as object;
  } catch (error) {
    throw new ScenarioError(
      `${request.moduleUrl} could not be imported: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  const scenario = declaredScenarios().find(
    (other) => other.moduleUrl === request.moduleUrl && other.ordinal === request.ordinal,
  );
  if (scenario === undefined) {
    throw new ScenarioError(
      `${request.moduleUrl} declares no scenario number ${request.ordinal + 1} when another process imports it. ` +
        "Declare scenarios at the top level of their module, always the same ones, with import.meta.url as first argument.",
    );
  }
  return { scenario, name: request.name ?? scenarioName(scenario, module) };
}
