import { AsyncResource } from "node:async_hooks";
import type net from "node:net";
import { closeSocket, finishSending, receivable, receive, sendAll } from "./socket-calls.ts";

/**
 * One connection of a process to a server, as the kernel has it, with what has come and was not handed to its `net.Socket` yet.
 * Whether the server owes an answer is guessed, as protocols differ: it does when something was sent and nothing has come since.
 */
export class Connection {
  readonly socket: net.Socket;
  /** As the program calls the server: "localhost". */
  readonly server: string;
  /** Its address, which the footprints of all steps there name. */
  readonly address: string;
  readonly caller = new AsyncResource("forkcheck connection");
  readonly port: number | undefined;
  /** The program's own number for its end: a port that the kernel chooses is another one in each run. */
  readonly localPort: number;
  fd = -1;
  owed = false;
  /** Requests that were sent since something came last: their replies may come one by one. */
  requests = 0;
  /** It was listened to for as long as that may take, since something was sent or came last. */
  listened = false;
  /** Something came that nobody had asked for: more may come whenever others do something. */
  pushes = false;
  /** The stream takes what comes. */
  wanted = false;
  /** Parts of requests that the stream has handed over and that have not been sent yet. */
  sending = 0;
  /** The server sends nothing more. */
  ended = false;
  finished = false;
  bytesRead = 0;
  bytesWritten = 0;
  arrived: Buffer[] = [];
  failure: Error | null = null;
  /** A delivery is under way. */
  delivering = false;
  idleTimer: NodeJS.Timeout | null = null;

  constructor(socket: net.Socket, { server, address, port, localPort }: Ends) {
    this.socket = socket;
    this.server = server;
    this.address = address;
    this.port = port;
    this.localPort = localPort;
  }

  /** Something may come. */
  get listening(): boolean {
    return this.fd >= 0 && this.wanted && !this.ended && this.failure === null;
  }

  /** @throws {NodeJS.ErrnoException} the connection is gone */
  send(bytes: Buffer, waitMs: number): void {
    sendAll(this.fd, bytes, waitMs);
    this.bytesWritten += bytes.byteLength;
    this.requests++;
    this.owed = true;
    this.listened = false;
  }

  finish(): void {
    finishSending(this.fd);
    this.finished = true;
    this.owed = true;
    this.listened = false;
  }

  /** Takes what has come; true if something has. */
  take(): boolean {
    try {
      const bytes = receive(this.fd);
      if (bytes !== null && bytes.byteLength === 0) return false;
      if (bytes === null) this.ended = true;
      else {
        this.arrived.push(bytes);
        this.bytesRead += bytes.byteLength;
      }
    } catch (error) {
      this.failure = error as Error;
    }
    if (!this.owed && !this.ended) this.pushes = true;
    this.owed = false;
    this.requests = 0;
    this.listened = false;
    return true;
  }

  /**
   * Closes it, and waits until the server has closed it, too: what it held for this connection it then holds no longer. A server
   * that leaves its end open is not waited for again.
   */
  close(waitMs: number): void {
    if (this.fd < 0) return;
    if (!this.ended && this.failure === null && !leavesOpen.has(this.address)) {
      finishSending(this.fd);
      if (!this.#hearsTheEnd(waitMs)) leavesOpen.add(this.address);
    }
    closeSocket(this.fd);
    this.fd = -1;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.idleTimer = null;
  }

  #hearsTheEnd(waitMs: number): boolean {
    try {
      while (receivable([this.fd], waitMs)[0]) if (receive(this.fd) === null) return true;
      return false;
    } catch {
      return true;
    }
  }
}

const leavesOpen = new Set<string>();

type Ends = Pick<Connection, "server" | "address" | "port" | "localPort">;
