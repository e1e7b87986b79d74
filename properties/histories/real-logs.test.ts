import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkLinearizable } from "../linearizability/check.ts";
import { casRegisterModel, keyValueMapModel } from "../models/index.ts";
import { readHistory } from "./read-history.ts";
import { operationsOf } from "./recording.ts";

// Logs of real systems, kept beside the checkout and not in it; what their README expects is told by their names and this list.
const DATA = fileURLToPath(new URL("../../../shared/data/", import.meta.url));
const ETCD_RIGHT = new Set(["etcd_002.log", "etcd_005.log", "etcd_007.log", "etcd_018.log"]);

describe.skipIf(!existsSync(DATA))("logs of real systems (skipped where ../shared/data is missing)", () => {
  const etcd = existsSync(DATA) ? readdirSync(`${DATA}etcd`) : [];
  const kv = existsSync(DATA) ? readdirSync(`${DATA}kv`) : [];

  test.each(etcd)("%s has the verdict that is expected", (name) => {
    const { columns } = readHistory(readFileSync(`${DATA}etcd/${name}`));
    const verdict = checkLinearizable(columns, casRegisterModel(null));
    expect(verdict.verdict).toBe(ETCD_RIGHT.has(name) ? "holds" : "violated");
    if (verdict.verdict !== "violated") return;
    expect(operationsOf(columns, verdict.operations)).toHaveLength(verdict.operations.length);
  });

  test.each(kv)("%s has the verdict that is expected", (name) => {
    const { columns } = readHistory(readFileSync(`${DATA}kv/${name}`));
    const expected = name.includes("ok") ? "holds" : "violated";
    expect(checkLinearizable(columns, keyValueMapModel({ absent: "" })).verdict).toBe(expected);
  });
});
