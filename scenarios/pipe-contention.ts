import fc from "fast-check";
import { scenario, times, type RoleContext } from "../harness/scenario.ts";
import { Lock } from "../primitives/lock.ts";
import type { Connection } from "../primitives/connection.ts";
import { pipe } from "../primitives/pipe.ts";
import { pipeFraming } from "../properties/pipe-framing.ts";

/**
 * Several writers at one end. Elsewhere a message is a header and a body in the pipe, and those of two writers tear each
 * other. Ours are whole, so here it takes a letter of two messages, an envelope and a sheet, to show the same.
 */
interface Post {
  readonly writers: number;
  readonly letters: number;
}

const post = {
  input: fc.record({ writers: fc.integer({ min: 2, max: 3 }), letters: fc.integer({ min: 1, max: 3 }) }),
  shared: () => {
    const [out, into] = pipe<string>({ duplex: false });
    return { out, into, lock: new Lock() };
  },
  processes: ({ writers }: Post) => [...times(writers, "writer"), "reader"],
  properties: [pipeFraming({ send: ["write"], receive: ["read"], close: [] })],
};

export const pipeContention = scenario(import.meta.url, {
  ...post,
  name: "pipe-contention",
  description: "writers at one end of a pipe, two messages a letter: one's envelope gets the other's sheet",
  roles: {
    writer: ({ into }, p) => writeLetters(p, (from, text) => write(into, from, text)),
    reader: readLetters,
  },
  violates: ["pipe-framing"],
});

export const pipeContentionLocked = scenario(import.meta.url, {
  ...post,
  name: "pipe-contention-locked",
  description: "the same with a lock around each letter: all arrive whole",
  roles: {
    writer: ({ into, lock }, p) =>
      writeLetters(p, async (from, text) => {
        await lock.acquire();
        try {
          await write(into, from, text);
        } finally {
          lock.release();
        }
      }),
    reader: readLetters,
  },
});

interface Shared {
  readonly out: Connection<string>;
}

async function writeLetters(p: RoleContext<Post>, send: (from: string, text: string) => Promise<void>): Promise<void> {
  const from = ["Ann", "Bob", "Cid"][p.number];
  for (let letter = 1; letter <= p.input.letters; letter++) {
    const text = `${from}'s ${letter}`;
    await p.operation("write", [`${from}: ${text}`], () => send(from, text));
  }
}

async function write(into: Connection<string>, from: string, text: string): Promise<void> {
  await into.send(from);
  await into.send(text);
}

async function readLetters({ out }: Shared, p: RoleContext<Post>): Promise<void> {
  for (let letter = 1; letter <= p.input.writers * p.input.letters; letter++) {
    await p.operation("read", async () => `${await out.recv()}: ${await out.recv()}`);
  }
}
