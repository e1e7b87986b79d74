import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isOwnFile } from "../engine/source-place.ts";
import { CommonModules } from "./commonjs.ts";
import { compileModule, formatOf, type CompiledModule } from "./module-source.ts";

/**
 * Loads a scenario's module, and for each run anew what that module gets by `import()`: whatever a package keeps in its modules
 * would else reach from one run into the next. Each file is compiled once, and executed for each run.
 *
 * Shared between runs are Node's own modules, forkcheck, and what the scenario's module imports statically.
 */
export class ModuleLoader {
  readonly #commons: CommonModules;
  readonly #resolved = new Map<string, string>();
  readonly #builtins = new Map<string, Namespace>();
  readonly #compiled = new Map<string, CompiledModule>();
  /** The scenario's own modules, and those that it shares with forkcheck. */
  readonly #lasting = new Map<string, Loading>();
  /** Of the run that is being played. */
  #fresh = new Map<string, Loading>();

  /** @param addon hears of native addons that are asked for */
  constructor(addon: (file: string) => void) {
    this.#commons = new CommonModules(addon);
  }

  /** Imports a scenario's module, unless that has been done. */
  async importScenario(url: string): Promise<void> {
    await this.#execute(this.#lasting, url, [], (specifier, parent, stack) =>
      this.#importForScenario(specifier, parent, stack),
    );
  }

  /** Forgets what was loaded for the run before. */
  forget(): void {
    this.#fresh = new Map();
    // What it says depends on who asks: a thread, or its process.
    this.#builtins.delete("node:worker_threads");
    this.#commons.forget();
  }

  /** The scenario's own files are loaded here, so that their `import()` is seen; everything else it shares with forkcheck. */
  async #importForScenario(specifier: string, parent: string, stack: readonly string[]): Promise<Namespace> {
    const url = this.#resolve(specifier, parent);
    if (!url.startsWith("file:")) return (await import(url)) as Namespace;
    const file = fileURLToPath(url);
    if (file.includes("/node_modules/") || isOwnFile(file) || formatOf(file) !== "module")
      return (await import(url)) as Namespace;
    return await this.#execute(this.#lasting, url, stack, (inner, from, above) =>
      this.#importForScenario(inner, from, above),
    );
  }

  /** Executes what a program begins with. */
  async runMain(path: string): Promise<void> {
    const file = nativeRequire.resolve(path);
    if (formatOf(file) === "module") await this.#executeFresh(pathToFileURL(file).href, []);
    else this.#commons.loadMain(file);
  }

  /** As `runMain`, for code that lies in no file. */
  runCode(code: string): void {
    this.#commons.loadCode(code);
  }

  async #importFresh(specifier: string, parent: string, stack: readonly string[]): Promise<Namespace> {
    const url = this.#resolve(specifier, parent);
    if (!url.startsWith("file:")) return this.#builtin(url);
    const file = fileURLToPath(url);
    // There is one forkcheck in a process.
    if (isOwnFile(file)) return (await import(url)) as Namespace;
    if (formatOf(file) !== "module") return namespaceOf(this.#commons.load(file));
    return await this.#executeFresh(url, stack);
  }

  async #executeFresh(url: string, stack: readonly string[]): Promise<Namespace> {
    return await this.#execute(this.#fresh, url, stack, (inner, from, above) => this.#importFresh(inner, from, above));
  }

  /** As Node has it, the names of a module of its own are what they were at the beginning, whoever changes the module. */
  #builtin(url: string): Namespace {
    let namespace = this.#builtins.get(url);
    if (namespace === undefined) {
      namespace = namespaceOf(nativeRequire(url));
      this.#builtins.set(url, namespace);
    }
    return namespace;
  }

  /** A module that is being loaded further up the stack is given as far as it has come, as in every circle of modules. */
  async #execute(
    table: Map<string, Loading>,
    url: string,
    stack: readonly string[],
    importStatically: Import,
  ): Promise<Namespace> {
    const known = table.get(url);
    if (known !== undefined) {
      if (!stack.includes(url)) await known.done;
      return known.exports;
    }
    const exports = Object.create(null, { [Symbol.toStringTag]: { value: "Module" } }) as Namespace;
    const below = [...stack, url];
    const file = fileURLToPath(url);
    const meta = {
      url,
      filename: file,
      dirname: dirname(file),
      resolve: (specifier: string) => this.#resolve(specifier, url),
    };
    const done = this.#compile(url)(
      exports,
      meta,
      (specifier) => importStatically(specifier, url, below),
      (specifier) => this.#importFresh(String(specifier), url, []),
      (others) => exportAll(exports, others),
    );
    table.set(url, { exports, done });
    await done;
    return exports;
  }

  #compile(url: string): CompiledModule {
    let compiled = this.#compiled.get(url);
    if (compiled === undefined) {
      compiled = compileModule(fileURLToPath(url));
      this.#compiled.set(url, compiled);
    }
    return compiled;
  }

  #resolve(specifier: string, parent: string): string {
    if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
    const key = `${parent}\0${specifier}`;
    let url = this.#resolved.get(key);
    if (url === undefined) {
      url = import.meta.resolve(specifier, parent);
      this.#resolved.set(key, url);
    }
    return url;
  }
}

type Namespace = Record<string, unknown>;
type Import = (specifier: string, parentUrl: string, stack: readonly string[]) => Promise<Namespace>;

interface Loading {
  readonly exports: Namespace;
  /** Settles when the module was executed. */
  readonly done: Promise<void>;
}

const nativeRequire = createRequire(import.meta.url);

/** What `import` makes of a module that is no ES module: its exports by name, and all of them as `default`. */
function namespaceOf(exports: unknown): Namespace {
  const named = (typeof exports === "object" && exports !== null) || typeof exports === "function" ? exports : {};
  return { ...(named as Namespace), default: exports };
}

function exportAll(exports: Namespace, others: Namespace): void {
  for (const name of Object.keys(others)) {
    if (name === "default" || name in exports) continue;
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get: () => others[name] });
  }
}
