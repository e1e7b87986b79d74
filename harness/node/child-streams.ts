import type { AsyncResource } from "node:async_hooks";
import { Readable, Writable } from "node:stream";
import { MAIL, QUEUE } from "../engine/lane-memory.ts";
import type { Kin } from "./kin.ts";

/** What the process or thread writes to its standard output or error, as its parent reads it: from when somebody asks for it. */
export function outputOf(kin: Kin, child: number, queue: number, context: AsyncResource): Readable {
  let isRead = false;
  const label = `read standard ${queue === QUEUE.out ? "output" : "error"} of ${kin.titleOf(child)}`;
  const stream = new Readable({
    read: () => {
      if (isRead) return;
      isRead = true;
      kin.listen(child, queue, label, ({ kind, value }) => {
        kin.gate.found(kind === MAIL.end ? "→ its end" : `→ ${String(value)}`);
        context.runInAsyncScope(() => stream.push(kind === MAIL.end ? null : Buffer.from(value as string)));
      });
    },
  });
  return stream;
}

export function refusedInput(kin: Kin, child: number): Writable {
  return new Writable({
    write: () =>
      kin.gate.refuse(
        `${kin.titleOf(child)} is written to its standard input, which has no form that a schedule could order. Send it a message.`,
      ),
  });
}
