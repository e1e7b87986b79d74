import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * Module hooks (Node's manual, node:module, 'Customization Hooks'): TypeScript files are transformed by oxc, types and
 * all else that is not JavaScript; and a specifier may leave out the extension or say `.js` for a `.ts` file, as bundlers
 * and test runners allow.
 */
export async function resolve(specifier, context, nextResolve) {
  // What the transformed code needs, such as for `using` on Node 20, comes from here, not from the user's packages.
  if (specifier.startsWith("@oxc-project/runtime/")) {
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
  // A scenario may stand in the test file that checks it. Here, in plain Node, that file is imported for the scenario alone.
  if (specifier === "vitest") return { url: VITEST_STAND_IN, format: "module", shortCircuit: true };
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const relative = specifier.startsWith(".") || specifier.startsWith("/") || specifier.startsWith("file:");
    if (!relative || !UNRESOLVED.has(error?.code)) throw error;
    for (const candidate of candidatesFor(specifier)) {
      try {
        return await nextResolve(candidate, context);
      } catch {
        // The next one, or the error of the first.
      }
    }
    throw error;
  }
}

export async function load(url, context, nextLoad) {
  const path = url.split(/[?#]/, 1)[0];
  const match = /\.([mc]?)tsx?$/.exec(path);
  if (match === null || !url.startsWith("file:")) return nextLoad(url, context);
  const file = fileURLToPath(url);
  const { transform } = await import("oxc-transform");
  const source = await readFile(file, "utf8");
  const result = await transform(file, source, {
    sourcemap: true,
    target: "es2023",
    typescript: { rewriteImportExtensions: false },
  });
  if (result.errors.length > 0) {
    throw new SyntaxError(`${file} is not valid TypeScript: ${result.errors.map(({ message }) => message).join("; ")}`);
  }
  const map = Buffer.from(JSON.stringify(result.map)).toString("base64");
  return {
    format: match[1] === "c" ? "commonjs" : "module",
    shortCircuit: true,
    source: `${result.code}\n//# sourceMappingURL=data:application/json;base64,${map}`,
  };
}

const UNRESOLVED = new Set(["ERR_MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"]);

function candidatesFor(specifier) {
  const typed = specifier.replace(/\.([mc]?)js$/, ".$1ts");
  return typed !== specifier ? [typed] : [`${specifier}.ts`, `${specifier}.mts`, `${specifier}/index.ts`];
}

// In place of vitest: every name is a function that does nothing and answers itself, whatever is called, taken or made of
// it. So no test runs, and no module of vitest is loaded.
const VITEST_NAMES =
  "BenchmarkRunner EvaluatedModules Snapshots TestRunner afterAll afterEach aroundAll aroundEach assert assertType beforeAll " +
  "beforeEach bench chai createExpect describe expect expectTypeOf inject it onTestFailed onTestFinished recordArtifact " +
  "should suite test vi vitest";
const VITEST_STAND_IN = `data:text/javascript,${encodeURIComponent(`
const nothing = new Proxy(function () {}, {
  get: (_, key) => (key === "then" || typeof key === "symbol" ? undefined : nothing),
  apply: () => nothing,
  construct: () => nothing,
});
export { ${VITEST_NAMES.split(" ")
  .map((name) => `nothing as ${name}`)
  .join(", ")} };
`)}`;
