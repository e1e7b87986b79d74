// Adds one to the number in a file, with nothing that would keep others from doing the same meanwhile.
const { readFileSync, writeFileSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");

writeFileSync(workerData.file, String(Number(readFileSync(workerData.file, "utf8")) + 1));
parentPort.postMessage("added");
