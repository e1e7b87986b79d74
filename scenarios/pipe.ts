import fc from "fast-check";
import { scenario } from "../harness/scenario.ts";
import { EofError } from "../primitives/errors.ts";
import { Barrier } from "../primitives/barrier.ts";
import type { Connection } from "../primitives/connection.ts";
import { pipe } from "../primitives/pipe.ts";
import { pipeFraming } from "../properties/pipe-framing.ts";

/** Pipes: a greeting. */
export const pipeHello = scenario(import.meta.url, {
  name: "pipe-hello",
  description: "a child sends one message through a pipe, and main receives it",
  input: fc.constant({}),
  shared: () => {
    const [mainEnd, childEnd] = pipe<string>();
    return { mainEnd, childEnd };
  },
  processes: () => ["main", "child"],
  roles: {
    async main({ mainEnd }) {
      console.log(await mainEnd.recv());
    },
    async child({ childEnd }) {
      await childEnd.send("hello");
      childEnd.close();
    },
  },
  properties: [pipeFraming()],
});

export const pipeHelloTwice = scenario(import.meta.url, {
  name: "pipe-hello-twice",
  description: "the child sends one message and main receives two: it waits for ever for the second",
  input: fc.constant({}),
  shared: () => {
    const [mainEnd, childEnd] = pipe<string>();
    return { mainEnd, childEnd };
  },
  processes: () => ["main", "child"],
  roles: {
    async main({ mainEnd }) {
      console.log(await mainEnd.recv());
      console.log(await mainEnd.recv());
    },
    async child({ childEnd }) {
      await childEnd.send("hello");
    },
  },
  properties: [pipeFraming()],
  violates: ["no-deadlock"],
});

const inherited = {
  input: fc.constant({}),
  shared: () => {
    const [mainEnd, childEnd] = pipe<string>();
    return { mainEnd, childEnd, fork: new Barrier(2) };
  },
  processes: () => ["main", "child"],
  properties: [pipeFraming()],
};

export const pipeEof = scenario(import.meta.url, {
  ...inherited,
  name: "pipe-eof",
  description: "both processes close the end that they do not use: the child is told of the end",
  roles: {
    main: sendAndClose,
    async child({ mainEnd, childEnd, fork }) {
      await inherit(fork, mainEnd, childEnd);
      mainEnd.close();
      await receiveUntilTheEnd(childEnd);
    },
  },
});

export const pipeEofUnmanaged = scenario(import.meta.url, {
  ...inherited,
  name: "pipe-eof-unmanaged",
  description: "the child keeps its copy of main's end: it waits for ever for an end that it holds off itself",
  roles: {
    main: sendAndClose,
    async child({ mainEnd, childEnd, fork }) {
      await inherit(fork, mainEnd, childEnd);
      await receiveUntilTheEnd(childEnd);
    },
  },
  violates: ["no-deadlock"],
});

async function sendAndClose({ mainEnd, childEnd, fork }: Inherited): Promise<void> {
  await inherit(fork, mainEnd, childEnd);
  childEnd.close();
  await mainEnd.send("hello");
  mainEnd.close();
}

/** What fork does: from one moment on both processes hold both ends of the pipe, whether they use them or not. */
async function inherit(fork: Barrier, ...ends: Connection<string>[]): Promise<void> {
  for (const end of ends) end.open();
  await fork.wait();
}

async function receiveUntilTheEnd(end: Connection<string>): Promise<void> {
  for (;;) {
    try {
      console.log(await end.recv());
    } catch (error) {
      if (!(error instanceof EofError)) throw error;
      end.close();
      return;
    }
  }
}

interface Inherited {
  readonly mainEnd: Connection<string>;
  readonly childEnd: Connection<string>;
  readonly fork: Barrier;
}
