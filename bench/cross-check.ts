import {
  Disagreement,
  crossCheckAll,
  crossCheckRandom,
  type CrossCheck,
} from "../properties/linearizability/cross-check.ts";
import { KINDS } from "../properties/linearizability/workloads.ts";

/**
 * `npm run cross-check [KIND ...]`: every checker against the definition, on every history of up to 5 operations by 3 clients
 * and on random ones, 11,000 of each kind of object. It takes minutes, and says which kind it is at; a slice of it is in the tests.
 */
const LONGEST = 5;
const NAME_WIDTH = 26;
const RANDOM = { from: 1, count: 11_000 };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(KINDS, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no kind of object ${JSON.stringify(unknown[0])}. Choose of: ${Object.keys(KINDS).join(", ")}.\n`,
  );
  process.exitCode = 2;
} else process.exitCode = crossCheck(asked.length === 0 ? Object.keys(KINDS) : asked);

function crossCheck(names: readonly string[]): number {
  process.stdout.write(row("object", "all histories", "violated", "to frontier", "random", "violated", "largest core"));
  const sums = { all: 0, random: 0 };
  for (const name of names) {
    process.stdout.write(name.padEnd(NAME_WIDTH));
    let all: CrossCheck;
    let random: CrossCheck;
    try {
      all = crossCheckAll(KINDS[name], LONGEST);
      random = crossCheckRandom(KINDS[name], RANDOM);
    } catch (error) {
      if (!(error instanceof Disagreement)) throw error;
      process.stdout.write(`${error.message}\n`);
      return 1;
    }
    sums.all += all.histories;
    sums.random += random.histories;
    const figures = [
      all.histories,
      all.violated,
      all.leftToTheFrontier,
      random.histories,
      random.violated,
      random.largestCore,
    ];
    process.stdout.write(row("", ...figures.map((figure) => figure.toLocaleString("en"))).slice(NAME_WIDTH));
  }
  process.stdout.write(
    `All checkers agree on ${sums.all.toLocaleString("en")} histories of up to ${LONGEST} operations and ${sums.random.toLocaleString("en")} random ones.\n`,
  );
  return 0;
}

function row(name: string, ...figures: readonly string[]): string {
  return `${name.padEnd(NAME_WIDTH)}${figures.map((figure) => figure.padStart(14)).join("")}\n`;
}
