import { getSystemErrorName } from "node:util";
import koffi from "koffi";

/**
 * The system calls that a connection to a server stands on, for Linux, each of which returns at once or waits for a bounded while.
 * Node's own sockets need its event loop to turn, which it does not do while a process waits for its turn.
 *
 * Manual pages: socket(2), connect(2), poll(2), send(2), recv(2), shutdown(2), getaddrinfo(3).
 */
const libc = koffi.load(null);

const socketCall = libc.func("int socket(int domain, int type, int protocol)");
const connectCall = libc.func("int connect(int fd, void *address, uint32_t length)");
const pollCall = libc.func("int poll(void *fds, unsigned long count, int timeout)");
const sendCall = libc.func("int64_t send(int fd, void *bytes, size_t length, int flags)");
const recvCall = libc.func("int64_t recv(int fd, void *bytes, size_t length, int flags)");
const shutdownCall = libc.func("int shutdown(int fd, int how)");
const closeCall = libc.func("int close(int fd)");
const getOption = libc.func("int getsockopt(int fd, int level, int name, void *value, void *length)");
const setOption = libc.func("int setsockopt(int fd, int level, int name, void *value, uint32_t length)");
const addressInfo = koffi.struct({
  flags: "int",
  family: "int",
  type: "int",
  protocol: "int",
  length: "uint32_t",
  address: "void *",
  name: "void *",
  next: "void *",
});
const getAddresses = libc.func("getaddrinfo", "int", ["str", "str", "void *", koffi.out("void **")]);
const freeAddresses = libc.func("void freeaddrinfo(void *list)");

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const POLLIN = 1;
const POLLOUT = 4;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const EINTR = 4;
const EAGAIN = 11;
const EINPROGRESS = 115;
const ETIMEDOUT = 110;
const UNIX_PATH_BYTES_MAX = 107;
const CHUNK_BYTES = 1 << 16;

/** Where a server listens, as the kernel wants to have it. */
export interface Address {
  readonly family: number;
  readonly bytes: Buffer;
}

/** @throws {NodeJS.ErrnoException} ENOTFOUND */
export function addressesOf(host: string, port: number): Address[] {
  const hints = Buffer.alloc(48);
  hints.writeInt32LE(SOCK_STREAM, 8);
  const list: unknown[] = [null];
  if ((getAddresses(host, String(port), hints, list) as number) !== 0) {
    const message = `getaddrinfo ENOTFOUND ${host}`;
    throw Object.assign(new Error(message), {
      errno: -3008,
      code: "ENOTFOUND",
      syscall: "getaddrinfo",
      hostname: host,
    });
  }
  const addresses: Address[] = [];
  for (let next = list[0]; next !== null;) {
    const { family, length, address, next: following } = koffi.decode(next, addressInfo) as AddressInfo;
    addresses.push({ family, bytes: Buffer.from(koffi.decode(address, "uint8_t", length) as number[]) });
    next = following;
  }
  freeAddresses(list[0]);
  return addresses;
}

interface AddressInfo {
  readonly family: number;
  readonly length: number;
  readonly address: unknown;
  readonly next: unknown;
}

/** @throws {NodeJS.ErrnoException} EINVAL: the path is too long */
export function addressOfPath(path: string): Address {
  const name = Buffer.from(path);
  if (name.byteLength > UNIX_PATH_BYTES_MAX) throw failed(22, "connect");
  const family = Buffer.alloc(2);
  family.writeUInt16LE(AF_UNIX);
  return { family: AF_UNIX, bytes: Buffer.concat([family, name, Buffer.alloc(1)]) };
}

/**
 * A connected socket's descriptor.
 *
 * @throws {NodeJS.ErrnoException} the server is not there, or did not answer within `waitMs`
 */
export function connectTo({ family, bytes }: Address, waitMs: number): number {
  const fd = socketCall(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) as number;
  if (fd < 0) throw failed(koffi.errno(), "socket");
  let errno = (connectCall(fd, bytes, bytes.byteLength) as number) === 0 ? 0 : koffi.errno();
  if (errno === EINPROGRESS) errno = ready([fd], POLLOUT, waitMs)[0] ? pendingError(fd) : ETIMEDOUT;
  if (errno !== 0) {
    closeCall(fd);
    throw failed(errno, "connect");
  }
  if (family !== AF_UNIX) setOption(fd, IPPROTO_TCP, TCP_NODELAY, ONE, 4);
  return fd;
}

/** @throws {NodeJS.ErrnoException} the connection is gone, or the server took nothing for `waitMs` */
export function sendAll(fd: number, bytes: Buffer, waitMs: number): void {
  for (let done = 0; done < bytes.byteLength;) {
    const rest = bytes.subarray(done);
    const sent = Number(sendCall(fd, rest, rest.byteLength, MSG_NOSIGNAL));
    if (sent >= 0) {
      done += sent;
      continue;
    }
    const errno = koffi.errno();
    if (errno === EINTR) continue;
    if (errno !== EAGAIN) throw failed(errno, "write");
    if (!ready([fd], POLLOUT, waitMs)[0]) throw failed(ETIMEDOUT, "write");
  }
}

/** For each descriptor whether something can be received; waits at most `waitMs` until it can for one of them. */
export function receivable(fds: readonly number[], waitMs: number): boolean[] {
  return ready(fds, POLLIN, waitMs);
}

/**
 * All that has come so far; null if the other side sends nothing more and all before was received.
 *
 * @throws {NodeJS.ErrnoException} the connection is gone
 */
export function receive(fd: number): Buffer | null {
  const parts: Buffer[] = [];
  for (;;) {
    const count = Number(recvCall(fd, received, CHUNK_BYTES, 0));
    if (count > 0) {
      parts.push(Buffer.from(received.subarray(0, count)));
      continue;
    }
    const errno = count === 0 ? 0 : koffi.errno();
    if (errno === EINTR) continue;
    if (parts.length > 0) return Buffer.concat(parts);
    if (errno === 0) return null;
    if (errno === EAGAIN) return Buffer.alloc(0);
    throw failed(errno, "read");
  }
}

/** The other side hears that nothing more will come. */
export function finishSending(fd: number): void {
  shutdownCall(fd, SHUT_WR);
}

export function closeSocket(fd: number): void {
  closeCall(fd);
}

const ONE = Buffer.from([1, 0, 0, 0]);
const received = Buffer.alloc(CHUNK_BYTES);

function ready(fds: readonly number[], events: number, waitMs: number): boolean[] {
  const asked = Buffer.alloc(fds.length * 8);
  for (const [index, fd] of fds.entries()) {
    asked.writeInt32LE(fd, index * 8);
    asked.writeInt16LE(events, index * 8 + 4);
  }
  // A signal may cut the waiting short, as the end of a child process: then it begins again.
  while ((pollCall(asked, fds.length, waitMs) as number) < 0 && koffi.errno() === EINTR);
  return fds.map((_, index) => asked.readInt16LE(index * 8 + 6) !== 0);
}

function pendingError(fd: number): number {
  const value = Buffer.alloc(4);
  const length = Buffer.from([4, 0, 0, 0]);
  return (getOption(fd, SOL_SOCKET, SO_ERROR, value, length) as number) === 0 ? value.readInt32LE() : koffi.errno();
}

/** As Node says it. */
function failed(errno: number, syscall: string): NodeJS.ErrnoException {
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${syscall} ${code}`), { errno: -errno, code, syscall });
}
