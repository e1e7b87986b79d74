#!/usr/bin/env node
import "../harness/engine/typescript-loader.js";
import { runCommandLine } from "./command-line.ts";
import { endWithReader } from "./ending.ts";

endWithReader();
// Set, not exited with: what was written to a pipe must reach it.
process.exitCode = await runCommandLine(process.argv.slice(2));
