// A task that takes 10 ms, and leaves a mark at its beginning and at its end.
const { appendFileSync } = require("node:fs");
const workerpool = require("workerpool");

async function task(name) {
  appendFileSync("marks", `began ${name}\n`);
  await new Promise((resolve) => setTimeout(resolve, 10));
  appendFileSync("marks", `ended ${name}\n`);
  return name;
}

workerpool.worker({ task });
