import fc from "fast-check";
import { scenario, times } from "../../harness/scenario.ts";
import { EofError } from "../../primitives/errors.ts";
import type { Connection } from "../../primitives/connection.ts";
import { pipe } from "../../primitives/pipe.ts";
import { pipeFraming } from "../../properties/pipe-framing.ts";
import type { Claim } from "./claim.ts";

export const pipeWholeMessages = scenario(import.meta.url, pipeHandsOverWholeMessages(pipe));
export const pipePoll = scenario(import.meta.url, pipePollIsTrueOnlyIfSomethingIsThere(pipe));

/** Both ends of a new pipe. */
type MakePipe = (options: { readonly bytes: number }) => [Connection<number>, Connection<number>];

interface Ends {
  readonly here: Connection<number>;
  readonly there: Connection<number>;
}

/** Receivers share one end; the sender closes its end while messages are still in the pipe. */
export function pipeHandsOverWholeMessages(make: MakePipe): Claim<{ receivers: number }, Ends> {
  return {
    name: "pipe-whole-messages",
    description: "one sends four messages and closes, others receive until the end: each message comes once",
    input: fc.record({ receivers: fc.integer({ min: 1, max: 2 }) }),
    shared: () => endsOf(make),
    processes: ({ receivers }) => ["sender", ...times(receivers, "receiver")],
    roles: {
      async sender({ here }) {
        for (let message = 1; message <= MESSAGES; message++) await here.send(message);
        here.close();
      },
      async receiver({ there }, p) {
        for (;;) {
          try {
            await p.operation("receive", () => there.recv());
          } catch (error) {
            if (error instanceof EofError) return;
            throw error;
          }
        }
      },
    },
    properties: [pipeFraming({ receive: ["receive"] })],
  };
}

/** Nobody else receives, so what poll has seen is still there. */
export function pipePollIsTrueOnlyIfSomethingIsThere(make: MakePipe): Claim<object, Ends> {
  return {
    name: "pipe-poll",
    description: "where poll says that a message is there, receiving does not have to wait",
    input: fc.constant({}),
    shared: () => endsOf(make),
    processes: () => ["sender", "receiver"],
    roles: {
      async sender({ here }) {
        for (let message = 1; message <= MESSAGES; message++) await here.send(message);
      },
      async receiver({ there }) {
        for (let message = 1; message <= MESSAGES; message++) {
          if (await there.poll()) await there.recv({ timeoutMs: 0 });
          else await there.recv();
        }
      },
    },
    properties: [pipeFraming()],
  };
}

const MESSAGES = 4;
/** Less than all messages need: the sender waits, too. */
const PIPE_BYTES = 128;

function endsOf(make: MakePipe): Ends {
  const [here, there] = make({ bytes: PIPE_BYTES });
  return { here, there };
}
