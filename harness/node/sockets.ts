import { AsyncResource } from "node:async_hooks";
import net from "node:net";
import { KIND } from "../engine/kinds.ts";
import type { Names } from "../engine/names.ts";
import { footprintText } from "../footprint.ts";
import { Connection } from "./connection.ts";
import type { Announcement, Gate } from "./gate.ts";
import { addressesOf, addressOfPath, connectTo, receivable, type Address } from "./socket-calls.ts";
import { HEARING, REPLY, wireText } from "./wire-text.ts";

/**
 * Connections to servers that stand outside of the run and answer requests one at a time. To connect, to send and to close are
 * steps. What is sent is followed by a bounded real wait for the reply, so that the reply belongs to the step; where none
 * comes, as somebody else has a lock at the server, others go on, and the process hears of it when it comes.
 *
 * Node's `net.Socket` stays what it is for a program, a stream with its events: only what it does with the kernel is replaced.
 */
export class Sockets {
  /** How long a request waits for its reply before others go on; null where the scenario has no `setup`: then none is made. */
  replyWaitMs: number | null = null;
  readonly #gate: Gate;
  readonly #names: Names;
  readonly #used: () => void;
  readonly #connections = new WeakMap<net.Socket, Connection>();
  readonly #open = new Set<Connection>();
  #connected = 0;
  /** The request that the last step sent, for the trace. */
  #request: string | null = null;

  /** @param used hears that a program uses sockets */
  constructor(gate: Gate, names: Names, used: () => void) {
    this.#gate = gate;
    this.#names = names;
    this.#used = used;
  }

  connectionOf(socket: net.Socket): Connection | undefined {
    return this.#connections.get(socket);
  }

  connect(socket: net.Socket, options: ConnectOptions): Connection {
    if (this.replyWaitMs === null) this.#gate.refuse(withoutSetup(options));
    this.#used();
    const { host, port, path } = options;
    const server = path ?? host ?? "localhost";
    if (socket.destroyed) (socket as unknown as { _undestroy(): void })._undestroy();
    Object.assign(socket, { connecting: true });
    const place = this.#gate.place();
    let addresses: readonly Address[] = [];
    let failure: Error | null = null;
    try {
      addresses = path === undefined ? addressesOf(server, Number(port)) : [addressOfPath(path)];
    } catch (error) {
      failure = error as Error;
    }
    const address = addresses[0]?.bytes.toString("latin1") ?? server;
    const connection = new Connection(socket, {
      server,
      address,
      port: path === undefined ? Number(port) : undefined,
      localPort: FIRST_LOCAL_PORT + ++this.#connected,
    });
    this.#connections.set(socket, connection);
    this.#gate.hold(1);
    this.#gate.expect(this.#step("connect to", connection, place), 0, () => {
      this.#gate.touched();
      if (socket.destroyed) {
        this.#gate.hold(-1);
        return;
      }
      for (const one of addresses) {
        try {
          connection.fd = connectTo(one, CONNECT_WAIT_MS);
          failure = null;
          this.#open.add(connection);
          break;
        } catch (error) {
          failure ??= withTarget(error as NodeJS.ErrnoException, options);
        }
      }
      if (failure !== null) this.#gate.found(`✗ ${(failure as NodeJS.ErrnoException).code}`);
      this.#gate.expectLocal(this.#names.intern("connected"), place, () => {
        this.#gate.hold(-1);
        connection.caller.runInAsyncScope(() => this.#connectedTo(connection, failure));
      });
    });
    return connection;
  }

  /** The stream hands over what is to be sent. */
  write(connection: Connection, chunks: readonly Buffer[], done: (error?: Error | null) => void): void {
    const { socket } = connection;
    if (socket.connecting) {
      const closed = (): void => done(socketClosed());
      socket.once("close", closed);
      socket.once("connect", () => {
        socket.off("close", closed);
        this.write(connection, chunks, done);
      });
      return;
    }
    const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const caller = new AsyncResource("forkcheck write");
    connection.sending++;
    this.#gate.hold(1);
    this.#gate.expect(this.#step("send to", connection, this.#gate.place()), 0, () => {
      connection.sending--;
      this.#gate.hold(-1);
      this.#gate.touched();
      this.#request = wireText(bytes);
      this.#gate.found(this.#request);
      let failure: Error | null = null;
      try {
        if (connection.fd < 0) throw socketClosed();
        connection.send(bytes, this.#waitMs);
      } catch (error) {
        failure = error as Error;
        this.#gate.found(`${this.#request} ✗ ${(failure as NodeJS.ErrnoException).code}`);
        this.#request = null;
      }
      connection.idleTimer?.refresh();
      caller.runInAsyncScope(done, undefined, failure);
    });
  }

  /** Nothing more will be sent. */
  finish(connection: Connection, done: (error?: Error | null) => void): void {
    if (connection.socket.connecting) {
      connection.socket.once("connect", () => this.finish(connection, done));
      return;
    }
    if (connection.fd < 0) {
      done();
      return;
    }
    this.#gate.hold(1);
    this.#gate.expect(this.#step("finish sending to", connection, this.#gate.place()), 0, () => {
      this.#gate.hold(-1);
      this.#gate.touched();
      if (connection.fd >= 0) connection.finish();
      done();
    });
  }

  destroy(connection: Connection, error: Error | null, done: (error?: Error | null) => void): void {
    connection.wanted = false;
    const seen = connection.fd >= 0 && !(connection.ended && connection.finished) && connection.failure === null;
    if (!this.#gate.active || !seen) {
      this.#close(connection);
      done(error);
      return;
    }
    this.#gate.hold(1);
    this.#gate.expect(this.#step("leave", connection, this.#gate.place()), 0, () => {
      this.#gate.hold(-1);
      this.#gate.touched();
      this.#close(connection);
      done(error);
    });
  }

  /** The stream wants what comes. */
  want(connection: Connection): void {
    connection.wanted = true;
  }

  setIdleTimeout(connection: Connection, ms: number): void {
    if (connection.idleTimer !== null) clearTimeout(connection.idleTimer);
    connection.idleTimer = ms > 0 ? setTimeout(() => connection.socket.emit("timeout"), ms).unref() : null;
  }

  /**
   * Before the process lets others move: hears what has come for it, and waits for what it has asked for.
   *
   * @param alone it has nothing else to do than to wait for servers
   */
  settle(alone: boolean): void {
    if (this.#open.size === 0) return;
    const came = new Set<Connection>();
    let more = false;
    for (;;) {
      // What has come of the replies to requests of which more are to be sent would depend on the moment.
      const listening = [...this.#open].filter(({ listening, sending }) => listening && sending === 0);
      const awaited = listening.filter(({ listened, owed }) => !listened && (owed || alone));
      const several = listening.some(({ requests }) => requests > 1);
      const waitMs = awaited.length > 0 && (came.size === 0 || !alone) ? this.#waitMs : more ? SEVERAL_REPLIES_MS : 0;
      const now = this.#hear(listening, waitMs);
      more = now.length > 0 && (more || several);
      for (const connection of now) came.add(connection);
      // While some replies come, the others may, too.
      if (now.length > 0) continue;
      for (const connection of awaited) connection.listened = came.size === 0 || !alone;
      if (this.#request !== null) this.#tellReply([...came], awaited);
      break;
    }
    this.#request = null;
    for (const connection of came) this.#deliver(connection, false);
    this.#gate.listensTo(this.#silent());
  }

  /** Somebody else may have brought about that something comes, and this process can do nothing else. */
  listen(waitMs: number): void {
    const listening = [...this.#open].filter((connection) => connection.listening);
    const expecting = listening.some(({ owed, pushes }) => owed || pushes);
    for (const connection of this.#hear(listening, expecting ? waitMs : 0)) this.#deliver(connection, true);
    this.#gate.listensTo(this.#silent());
  }

  /** The process ends, or the run does: servers are told. */
  closeAll(): void {
    if (this.#open.size === 0) return;
    for (const connection of this.#open) connection.close(this.#waitMs);
    this.#open.clear();
    this.#gate.touched();
    this.#gate.listensTo(0);
  }

  clear(): void {
    for (const connection of this.#open) connection.close(this.#waitMs);
    this.#open.clear();
    this.#connected = 0;
    this.#request = null;
  }

  get silenceMs(): number {
    return SILENCE_WAITS * this.#waitMs;
  }

  get #waitMs(): number {
    return this.replyWaitMs ?? 0;
  }

  #connectedTo(connection: Connection, failure: Error | null): void {
    const { socket } = connection;
    if (socket.destroyed) return;
    Object.assign(socket, { connecting: false });
    if (failure !== null) {
      socket.destroy(failure);
      return;
    }
    socket.emit("connect");
    socket.emit("ready");
    if (socket.readable && !socket.isPaused()) socket.read(0);
  }

  /** The connections of these that something has come for. */
  #hear(listening: readonly Connection[], waitMs: number): Connection[] {
    if (listening.length === 0) return [];
    const ready = receivable(
      listening.map(({ fd }) => fd),
      waitMs,
    );
    return listening.filter((connection, index) => ready[index] && connection.take());
  }

  /** @param announced the process has given its turn away: that it hears is a step that others can come before */
  #deliver(connection: Connection, announced: boolean): void {
    if (connection.delivering) return;
    connection.delivering = true;
    const label = this.#names.intern(`${HEARING}${connection.server}`);
    const fire = (): void => {
      connection.delivering = false;
      connection.caller.runInAsyncScope(() => this.#handOver(connection));
    };
    if (announced) {
      const step = { kind: KIND.resume, object: 0, label, footprint: 0, place: "" };
      this.#gate.expect(step, 0, () => {
        this.#gate.found(wireText(Buffer.concat(connection.arrived)));
        fire();
      });
    } else this.#gate.expectLocal(label, "", fire);
  }

  #handOver(connection: Connection): void {
    const { socket, arrived, ended, failure } = connection;
    connection.arrived = [];
    if (socket.destroyed) return;
    connection.idleTimer?.refresh();
    for (const bytes of arrived) if (!socket.push(bytes)) connection.wanted = false;
    if (failure !== null) socket.destroy(failure);
    else if (ended) {
      socket.push(null);
      socket.read(0);
    }
  }

  #tellReply(came: readonly Connection[], awaited: readonly Connection[]): void {
    const asked = awaited.find(({ owed }) => owed);
    const heard = came.length > 0 ? wireText(Buffer.concat(came.flatMap(({ arrived }) => arrived))) : null;
    if (heard !== null) this.#gate.found(`${this.#request}${REPLY}${heard}`);
    else if (asked !== undefined) this.#gate.found(`${this.#request}${REPLY}no reply within ${this.#waitMs} ms`);
  }

  /** The name of a server that is listened to, one that owes an answer first; 0 if none is. */
  #silent(): number {
    const listening = [...this.#open].filter((connection) => connection.listening && !connection.delivering);
    const one = listening.find(({ owed }) => owed) ?? listening[0];
    return one === undefined ? 0 : this.#names.intern(one.server);
  }

  #close(connection: Connection): void {
    connection.close(this.#waitMs);
    this.#open.delete(connection);
    this.#gate.listensTo(this.#silent());
  }

  #step(verb: string, { server, address }: Connection, place: string): Announcement {
    return {
      kind: KIND.socket,
      object: -this.#names.intern(server),
      label: this.#names.intern(`${verb} ${server}`),
      footprint: this.#names.intern(footprintText({ reads: [], writes: [`server ${address}`] })),
      place,
    };
  }
}

export interface ConnectOptions {
  readonly host: string | undefined;
  readonly port: number | string | undefined;
  readonly path: string | undefined;
}

function withTarget(error: NodeJS.ErrnoException, { host = "localhost", port, path }: ConnectOptions): Error {
  const target = path ?? `${host}:${port}`;
  const known = path === undefined ? { address: host, port: Number(port) } : { address: path };
  return Object.assign(new Error(`${error.message} ${target}`), { ...error, ...known });
}

function socketClosed(): Error {
  return Object.assign(new Error("This socket has been ended by the other party"), { code: "EPIPE" });
}

function withoutSetup({ host = "localhost", port, path }: ConnectOptions): string {
  return (
    `it connects to a server (${path ?? `${host}:${port}`}), and the scenario has no \`setup\`. A run would find there what ` +
    "the one before has left, and those of several lanes would meet. Add `setup`, which puts the server into the state that " +
    "a run begins with, such as: setup: async () => { ... }"
  );
}

/** After the first of several replies the others are waited for until none comes for so long. */
const SEVERAL_REPLIES_MS = 2;
const FIRST_LOCAL_PORT = 50_000;
/** Nobody moves for so many times as long as a request waits for its reply: then nobody will. */
const SILENCE_WAITS = 10;
/** How long a server may take to accept a connection. */
const CONNECT_WAIT_MS = 2000;
