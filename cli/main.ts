#!/usr/bin/env node
import "../harness/engine/typescript-loader.js";
import { runCommandLine } from "./command-line.ts";
import { watchOutput } from "./standard-output.ts";

const statusAfterOutput = watchOutput();
// Set, not exited with: what was written to a pipe must reach it.
process.exitCode = statusAfterOutput(await runCommandLine(process.argv.slice(2)));
