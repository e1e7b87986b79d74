import Module, { createRequire, isBuiltin } from "node:module";
import { dirname, extname } from "node:path";
import { isOwnFile } from "../engine/source-place.ts";
import { real } from "./originals.ts";
import { compileCommon, compileText, formatOf, textOf, type CompiledCommon } from "./module-source.ts";

/** CommonJS modules, executed anew after each `forget`. Each file is resolved, read and compiled once. */
export class CommonModules {
  readonly #compiled = new Map<string, CompiledCommon>();
  readonly #requires = new Map<string, NodeJS.Require>();
  readonly #resolved = new Map<string, string>();
  #loaded = new Map<string, Module>();
  /** The module that a program began with. */
  #main: Module | undefined;
  readonly #addon: (file: string) => void;

  /** @param addon hears of native addons that are asked for */
  constructor(addon: (file: string) => void) {
    this.#addon = addon;
  }

  forget(): void {
    this.#loaded = new Map();
    this.#main = undefined;
  }

  /** Executes the module in `file`, unless that has been done, and returns what it exports. */
  load(file: string, parent?: Module): unknown {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known.exports;
    if (extname(file) === ".node") this.#addon(file);
    // A native addon is there once in a process, and so is forkcheck.
    if (extname(file) === ".node" || isOwnFile(file) || formatOf(file) === "module")
      return this.#nativeRequire(file)(file);
    return this.#executed(new Module(file, parent), file);
  }

  /** Executes the module that a program begins with. */
  loadMain(file: string): void {
    this.#main = new Module(".");
    this.#executed(this.#main, file);
  }

  /** Executes code that lies in no file. */
  loadCode(code: string): void {
    const file = "[worker eval]";
    const module = new Module(file);
    const require = this.#requireOf(module, `${real.cwd()}/${file}`);
    compileText(code, file).call(module.exports, module.exports, require, module, file, ".");
  }

  #executed(module: Module, file: string): unknown {
    module.filename = file;
    module.paths = nodeModulePaths(dirname(file));
    this.#loaded.set(file, module);
    try {
      this.#execute(module, file);
    } catch (error) {
      this.#loaded.delete(file);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  #execute(module: Module, file: string): void {
    if (extname(file) === ".json") {
      module.exports = JSON.parse(textOf(file));
      return;
    }
    let compiled = this.#compiled.get(file);
    if (compiled === undefined) {
      compiled = compileCommon(file);
      this.#compiled.set(file, compiled);
    }
    const require = this.#requireOf(module, file);
    module.require = require;
    compiled.call(module.exports, module.exports, require, module, file, dirname(file));
  }

  #requireOf(module: Module, file: string): NodeJS.Require {
    const native = this.#nativeRequire(file);
    const require = ((specifier: string) => {
      if (isBuiltin(specifier)) return native(specifier) as unknown;
      const key = `${file}\0${specifier}`;
      let target = this.#resolved.get(key);
      if (target === undefined) {
        target = native.resolve(specifier);
        this.#resolved.set(key, target);
      }
      return this.load(target, module);
    }) as NodeJS.Require;
    return Object.assign(require, {
      resolve: native.resolve,
      cache: {},
      main: this.#main,
      extensions: native.extensions,
    });
  }

  #nativeRequire(file: string): NodeJS.Require {
    let require = this.#requires.get(file);
    if (require === undefined) {
      require = createRequire(file);
      this.#requires.set(file, require);
    }
    return require;
  }
}

const nodeModulePaths = (Module as unknown as { _nodeModulePaths(folder: string): string[] })._nodeModulePaths;
