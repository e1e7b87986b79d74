import { register } from "node:module";

/**
 * Lets a process of forkcheck load TypeScript, on every Node from 20.19 on: registered with `--import`, before anything
 * else is loaded. Plain JavaScript, because it has to run before that.
 */
register("./typescript-hooks.js", import.meta.url);
