import { describe, expect, test } from "vitest";
import { undisturbed } from "../chaos.ts";
import { SCENARIOS } from "../../scenarios/index.ts";
import { CHAOS_MS_MAX, chaosCommand, COMMANDS, resultIn } from "./command.ts";
import { canFillDisks, onFullDisk, onFullRunsFolder } from "./full-disk.ts";
import { sendSignal, signalOf } from "./signals.ts";

/** A few of the 200 of `npm run bench -- chaos`: a command whose processes somebody kills and stops, and a disk that is full. */
const holds = chaosCommand("holds", 0, "ticket-rush-locked", "--runs", "200", "--jobs", "1");
const fails = chaosCommand("fails", 1, "ticket-rush-unsafe", "--runs", "200", "--jobs", "1");
const withFiles = chaosCommand("files", 0, "ticket-rush-file-inherited", "--runs", "64", "--jobs", "1");
const truths = { holds: await undisturbed(holds), fails: await undisturbed(fails) };

test.each(COMMANDS)("$name: is about a scenario that there is", ({ args }) => {
  expect(SCENARIOS.map(({ name }) => name)).toContain(args[1]);
});

test.for([1, 2])(
  "whoever is killed or stopped, at whatever moment: the verdict is right or names that, and nothing is left (%i)",
  { timeout: 2 * CHAOS_MS_MAX },
  async (seed) => {
    const { hit, wrong } = await sendSignal(signalOf(holds, truths.holds.ms, seed), truths.holds);
    expect({ hit, wrong }).toEqual({ hit, wrong: null });
  },
);

describe.skipIf(!canFillDisks())("on a full disk (needs root, and namespaces for mounts)", () => {
  test("a failure stays one, and what can be written is whole", { timeout: CHAOS_MS_MAX }, async () => {
    const { wrong, observed } = await onFullDisk(fails, truths.fails, 8192);
    expect({ wrong, status: observed.status }).toEqual({ wrong: null, status: 1 });
  });

  test("what holds, and could not be written down, ends with status 3", { timeout: CHAOS_MS_MAX }, async () => {
    const { wrong, observed } = await onFullDisk(holds, truths.holds, 0);
    expect({ wrong, status: observed.status }).toEqual({ wrong: null, status: 3 });
  });

  test(
    "where the runs' own files have no room, that is said, and nothing of the scenario",
    { timeout: CHAOS_MS_MAX },
    async () => {
      const observed = await onFullRunsFolder(withFiles);
      expect({ status: observed.status, left: observed.left }).toEqual({ status: 3, left: [] });
      const { verdict, property, message } = resultIn(observed) ?? {};
      expect({ verdict, property }).toEqual({ verdict: "error", property: "worker" });
      expect(message).toMatch(/the files of a run could not be written: ENOSPC.*Make room in \/dev\/shm\. Run again/);
    },
  );
});
