import { FAULT_CLAIMS, FAULT_KINDS } from "../harness/fault.ts";
import { BUILT_IN_PROPERTIES } from "../harness/judge.ts";
import { SEARCH_STRATEGIES } from "../harness/strategies/index.ts";
import { formatTable, wrap } from "../reports/index.ts";
import { terminalLayout } from "./layout.ts";
import { STATUS } from "./status.ts";
import { builtInTargets, scenariosIn, type Target } from "./targets.ts";
import { VERSION } from "./version.ts";

/** `forkcheck list`: what can be run, what is checked, and how it is searched. */
export async function list(files: readonly string[], options: { readonly json?: boolean }): Promise<number> {
  const targets = builtInTargets();
  for (const file of files) targets.push(...(await scenariosIn(file)));
  const strategies = SEARCH_STRATEGIES.map(({ name }) => name);
  process.stdout.write(options.json === true ? `${json(targets, strategies)}\n` : `${text(targets, strategies)}\n`);
  return STATUS.holds;
}

function json(targets: readonly Target[], strategies: readonly string[]): string {
  return JSON.stringify({
    forkcheck: VERSION,
    scenarios: targets.map(({ name, scenario, file }) => ({
      name,
      description: scenario.description ?? "",
      file,
      properties: scenario.properties.map((property) => property.name),
      violates: scenario.violates ?? [],
    })),
    properties: Object.entries(BUILT_IN_PROPERTIES).map(([name, claim]) => ({ name, claim })),
    strategies,
    faults: FAULT_KINDS.map((name) => ({ name, claim: FAULT_CLAIMS[name] })),
  });
}

function text(targets: readonly Target[], strategies: readonly string[]): string {
  const layout = terminalLayout();
  const scenarios = formatTable(
    [{ title: "scenario" }, { title: "what it does", wraps: true }],
    targets.map(({ name, scenario }) => [name, scenario.description ?? ""]),
    layout,
  );
  const properties = new Map<string, string>(Object.entries(BUILT_IN_PROPERTIES));
  for (const { scenario } of targets) for (const { name, claim } of scenario.properties) properties.set(name, claim);
  const claims = formatTable([{ title: "property" }, { title: "claim", wraps: true }], [...properties], layout);
  const faults = formatTable(
    [{ title: "fault" }, { title: "what it does", wraps: true }],
    FAULT_KINDS.map((kind) => [kind, FAULT_CLAIMS[kind]]),
    layout,
  );
  const searches = wrap(`strategies: ${strategies.join(", ")}`, layout.columns).join("\n");
  return `${scenarios}\n\n${claims}\n\n${faults}\n\n${searches}`;
}
