import { dirname, extname, join } from "node:path";
import vm from "node:vm";
import { moduleRunnerTransformSync, transformSync } from "oxc-transform";
import { rememberSourceMaps } from "../engine/source-place.ts";
import { realFs } from "./originals.ts";

/** An ES module as a function that executes it: its `import` and `export` are calls of what it is given. */
export type CompiledModule = (
  exports: Record<string, unknown>,
  meta: object,
  importStatically: (specifier: string) => Promise<Record<string, unknown>>,
  importDynamically: (specifier: unknown) => Promise<Record<string, unknown>>,
  exportAll: (others: Record<string, unknown>) => void,
) => Promise<void>;

export type CompiledCommon = (
  this: unknown,
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  file: string,
  folder: string,
) => void;

/** The names are oxc's, which makes such functions for Vite. */
const MODULE_PARAMETERS = [
  "__vite_ssr_exports__",
  "__vite_ssr_import_meta__",
  "__vite_ssr_import__",
  "__vite_ssr_dynamic_import__",
  "__vite_ssr_exportAll__",
];

/** @throws {SyntaxError} the file is no valid JavaScript or TypeScript */
export function compileModule(file: string): CompiledModule {
  const typed = isTypeScript(file) ? withoutTypes(file) : null;
  const { code, map, errors } = moduleRunnerTransformSync(file, typed?.code ?? textOf(file), { sourcemap: true });
  checkParsed(file, errors);
  rememberSourceMaps(file, [map, typed?.map]);
  // On one line with what precedes it, so that the source map's lines fit.
  const wrapped = `"use strict";return(async()=>{${code}\n})()`;
  return vm.compileFunction(wrapped, MODULE_PARAMETERS, { filename: file }) as CompiledModule;
}

export function compileCommon(file: string): CompiledCommon {
  const typed = isTypeScript(file) ? withoutTypes(file) : null;
  if (typed !== null) rememberSourceMaps(file, [typed.map]);
  return compileText(typed?.code ?? textOf(file), file);
}

export function compileText(code: string, file: string): CompiledCommon {
  return vm.compileFunction(code, ["exports", "require", "module", "__filename", "__dirname"], {
    filename: file,
    // What it imports dynamically comes from Node's own loader, and lasts.
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as CompiledCommon;
}

/** Without the mark of its byte order, and without a line that tells a shell what to do with it. */
export function textOf(file: string): string {
  return realFs
    .readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .replace(/^#!/, "//");
}

/** How Node would take a file: by its extension, or by the `type` of the nearest package.json. */
export function formatOf(file: string): "module" | "commonjs" {
  const extension = extname(file);
  if (extension === ".cts" || extension === ".cjs") return "commonjs";
  if (extension === ".mjs" || isTypeScript(file)) return "module";
  return extension === ".js" ? packageTypeOf(dirname(file)) : "commonjs";
}

function packageTypeOf(folder: string): "module" | "commonjs" {
  const known = packageTypes.get(folder);
  if (known !== undefined) return known;
  let type: "module" | "commonjs" = "commonjs";
  try {
    const manifest = JSON.parse(realFs.readFileSync(join(folder, "package.json"), "utf8")) as { type?: string };
    type = manifest.type === "module" ? "module" : "commonjs";
  } catch {
    const above = dirname(folder);
    if (above !== folder && !folder.endsWith("/node_modules")) type = packageTypeOf(above);
  }
  packageTypes.set(folder, type);
  return type;
}

const packageTypes = new Map<string, "module" | "commonjs">();

function isTypeScript(file: string): boolean {
  return /\.[mc]?tsx?$/.test(file);
}

/** As the module hooks of a worker do it: see engine/typescript-hooks.js. */
function withoutTypes(file: string): { code: string; map?: object } {
  const result = transformSync(file, textOf(file), {
    sourcemap: true,
    target: "es2023",
    typescript: { rewriteImportExtensions: false },
  });
  checkParsed(file, result.errors);
  return result;
}

function checkParsed(file: string, errors: readonly { readonly message: string }[]): void {
  if (errors.length === 0) return;
  throw new SyntaxError(`${file} can't be parsed: ${errors.map(({ message }) => message).join("; ")}`);
}
