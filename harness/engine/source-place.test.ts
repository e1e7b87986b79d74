import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execaNode } from "execa";
import { expect, test } from "vitest";
import { userPlace } from "./source-place.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUILT = `${ROOT}dist/harness/engine/source-place.js`;

test("the user's place is the first frame outside of the harness and the primitives", () => {
  const error = new Error("stack");
  error.stack = [
    "Error: stack",
    `    at ControlledProcess.arrive (file://${ROOT}harness/engine/controlled-process.ts:226:11)`,
    `    at Value.get (${ROOT}primitives/value.ts:40:5)`,
    "    at node:internal/process/task_queues:95:5",
    "    at buyer (file:///home/ada/shop/rush.ts:28:26)",
    "    at main (file:///home/ada/shop/main.ts:3:1)",
  ].join("\n");
  expect(userPlace(error)).toBe("/home/ada/shop/rush.ts:28");
});

test("without such a frame there is no place", () => {
  const error = new Error("stack");
  error.stack = `Error: stack\n    at get (${ROOT}primitives/value.ts:40:5)`;
  expect(userPlace(error)).toBe("");
});

test.skipIf(!existsSync(BUILT))("built, and with source maps on, the harness still knows its own frames", async () => {
  const { stdout } = await execaNode(
    "--input-type=module",
    [
      "-e",
      `const { userPlace } = await import(${JSON.stringify(BUILT)});
       const error = new Error("stack");
       error.stack = "Error: stack\\n    at arrive (file://${ROOT}harness/engine/controlled-process.ts:1:1)\\n    at buyer (file:///home/ada/rush.ts:2:2)";
       console.log(userPlace(error));`,
    ],
    { nodeOptions: ["--enable-source-maps"] },
  );
  expect(stdout).toBe("/home/ada/rush.ts:2");
});
