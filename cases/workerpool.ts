import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { Property } from "../harness/property.ts";
import { scenario } from "../harness/scenario.ts";

const THREAD = fileURLToPath(new URL("workerpool/thread.cjs", import.meta.url));

/** `terminate`: "workers will finish the tasks they are working on before terminating themselves". */
export const workerpoolTerminate = scenario(import.meta.url, {
  name: "workerpool-terminate",
  description: "workerpool 10.0.3: a pool of two threads is terminated while three tasks are under way",
  input: fc.constant({ tasks: 3 }),
  files: () => ({ marks: "" }),
  load: async () => ({ workerpool: (await import("workerpool")).default }),
  processes: () => ["main"],
  roles: {
    async main(_shared, p, { workerpool }) {
      const pool = workerpool.pool(THREAD, { workerType: "thread", maxWorkers: 2 });
      const tasks = Array.from({ length: p.input.tasks }, (_, index) =>
        p.operation("task", [`${index}`], async () => await pool.exec("task", [`${index}`])).catch(() => {}),
      );
      await p.think(30);
      await p.operation("terminate", async () => await pool.terminate());
      await Promise.all(tasks);
    },
  },
  final: (_shared, folder) => folder.read("marks"),
  properties: [whatBeganIsFinished()],
});

/** `timeout`: "The worker executing the task is enforced to terminate immediately". */
export const workerpoolTimeout = scenario(import.meta.url, {
  name: "workerpool-timeout",
  description: "workerpool 10.0.3: of two tasks of a pool of one thread the first may take too long",
  input: fc.constant({}),
  files: () => ({ marks: "" }),
  load: async () => ({ workerpool: (await import("workerpool")).default }),
  processes: () => ["main"],
  roles: {
    async main(_shared, p, { workerpool }) {
      const pool = workerpool.pool(THREAD, { workerType: "thread", maxWorkers: 1 });
      const timed = p.operation("timed", async () => await pool.exec("task", ["timed"]).timeout(10));
      const other = p.operation("task", ["other"], async () => await pool.exec("task", ["other"]));
      await Promise.allSettled([timed, other]);
      await pool.terminate();
    },
  },
  final: (_shared, folder) => folder.read("marks"),
  properties: [
    {
      name: "others-are-not-harmed",
      claim: "a task without a limit returns its value",
      check({ operations }) {
        const failed = operations.find(({ operation, outcome }) => operation === "task" && outcome !== "returned");
        return failed === undefined
          ? null
          : { message: `the other task failed: ${String(failed.result)}`, operations: [failed.id] };
      },
    },
  ],
});

function whatBeganIsFinished(): Property {
  return {
    name: "what-began-is-finished",
    claim: "a task that a thread has begun when the pool is terminated is finished, and its value returned",
    check({ operations, final }) {
      const marks = String(final).split("\n");
      const lost = operations.find(
        ({ operation, args: [name], outcome, result }) =>
          operation === "task" &&
          marks.includes(`began ${String(name)}`) &&
          (outcome !== "returned" || result !== name || !marks.includes(`ended ${String(name)}`)),
      );
      return lost === undefined
        ? null
        : {
            message: `task ${String(lost.args[0])} had begun, and came to ${String(lost.result)}`,
            operations: [lost.id],
          };
    },
  };
}
