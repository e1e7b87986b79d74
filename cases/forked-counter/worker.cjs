// Adds one to the number in a file, with nothing that would keep others from doing the same meanwhile.
const { readFileSync, writeFileSync } = require("node:fs");

const [, , file] = process.argv;
writeFileSync(file, String(Number(readFileSync(file, "utf8")) + 1));
