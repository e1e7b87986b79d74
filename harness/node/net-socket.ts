import net from "node:net";
import type { Connection } from "./connection.ts";
import type { Gate } from "./gate.ts";
import type { ConnectOptions, Sockets } from "./sockets.ts";

/**
 * Replaces what `net.Socket` does with the kernel, in place, for sockets that a program under control connects. What it is as a stream
 * stays Node's: its buffers, its events, its errors, and whatever is built on it.
 */
export function replaceNetSocket(gate: Gate, sockets: Sockets): void {
  const prototype = net.Socket.prototype as unknown as Record<string, Method>;

  const connect = prototype.connect;
  prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    if (!gate.active) return connect.apply(this, args);
    const [options, callback] = normalized(args);
    if (typeof callback === "function") this.once("connect", callback as () => void);
    showOwn(this, sockets.connect(this, options));
    return this;
  };

  /** Calls `own` for a connection under control, and Node's own function for any other socket. */
  const replace = (name: string, own: (connection: Connection, ...args: never[]) => unknown): void => {
    const original = prototype[name];
    prototype[name] = function (this: net.Socket, ...args: unknown[]) {
      const connection = sockets.connectionOf(this);
      return connection === undefined ? original.apply(this, args) : own(connection, ...(args as never[]));
    };
  };
  replace("_read", (connection) => sockets.want(connection));
  replace("_write", (connection, chunk: string | Buffer, encoding: BufferEncoding, done: Done) =>
    sockets.write(connection, [bytesOf(chunk, encoding)], done),
  );
  replace("_writev", (connection, chunks: readonly Chunk[], done: Done) =>
    sockets.write(
      connection,
      chunks.map(({ chunk, encoding }) => bytesOf(chunk, encoding)),
      done,
    ),
  );
  replace("_final", (connection, done: Done) => sockets.finish(connection, done));
  replace("_destroy", (connection, error: Error | null, done: Done) => {
    sockets.destroy(connection, error, (outcome) => {
      done(outcome);
      // Of a socket's end Node tells when its handle is closed, and leaves it out of the stream.
      process.nextTick(() => connection.socket.emit("close", error !== null));
    });
  });
  replace("setTimeout", (connection, ms: number, callback?: () => void) => {
    const { socket } = connection;
    Object.assign(socket, { timeout: ms });
    sockets.setIdleTimeout(connection, ms);
    if (callback !== undefined) socket[ms > 0 ? "once" : "removeListener"]("timeout", callback);
    return socket;
  });
  replace("address", ({ localPort }) => ({ address: "127.0.0.1", family: "IPv4", port: localPort }));
  replace("resetAndDestroy", ({ socket }) => socket.destroy());
  for (const name of ["setNoDelay", "setKeepAlive", "ref", "unref"]) replace(name, ({ socket }) => socket);
}

/** What can be looked at of a connected socket; Node's own answers come from a handle of Node's that it does not have. */
function showOwn(socket: net.Socket, connection: Connection): void {
  const shown: Record<string, () => unknown> = {
    pending: () => connection.fd < 0,
    bytesRead: () => connection.bytesRead,
    bytesWritten: () => connection.bytesWritten + socket.writableLength,
    remoteAddress: () => (connection.fd < 0 ? undefined : connection.server),
    remoteFamily: () => (connection.fd < 0 ? undefined : "IPv4"),
    remotePort: () => (connection.fd < 0 ? undefined : connection.port),
    localAddress: () => (connection.fd < 0 ? undefined : "127.0.0.1"),
    localPort: () => (connection.fd < 0 ? undefined : connection.localPort),
  };
  for (const [name, get] of Object.entries(shown)) {
    Object.defineProperty(socket, name, { get, configurable: true, enumerable: true });
  }
}

type Method = (this: net.Socket, ...args: unknown[]) => unknown;
type Done = (error?: Error | null) => void;

interface Chunk {
  readonly chunk: string | Buffer;
  readonly encoding: BufferEncoding;
}

function bytesOf(chunk: string | Buffer, encoding: BufferEncoding): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
}

/** The many ways in which `connect` can be called; `net.connect` calls it with what it has normalized already. */
function normalized(args: unknown[]): readonly [options: ConnectOptions, callback: unknown] {
  const known = Array.isArray(args[0])
    ? args[0]
    : (net as unknown as { _normalizeArgs(args: unknown[]): unknown[] })._normalizeArgs(args);
  const { host, port, path } = known[0] as Record<keyof ConnectOptions, never>;
  return [{ host: host || undefined, port, path: path || undefined }, known[1]];
}
