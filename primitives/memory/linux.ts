import { constants, openSync, readFileSync } from "node:fs";
import koffi from "koffi";

/**
 * The system calls that everything else stands on, for Linux. This file alone knows libc; another platform is another
 * file with the same exports. It translates nothing and decides nothing: callers get the kernel's answers.
 *
 * Manual pages: memfd_create(2), mmap(2), madvise(2), futex(2), pipe2(2), prctl(2), sched_setaffinity(2), proc(5).
 */
const libc = openLibc();

const memfdCreate = libc.func("int memfd_create(const char *name, unsigned int flags)");
const ftruncate = libc.func("int ftruncate(int fd, int64_t length)");
const mmap = libc.func("void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)");
const madvise = libc.func("int madvise(uintptr_t address, size_t length, int advice)");
// Copies nothing, and answers where the bytes are.
const addressOfBytes = libc.func("uintptr_t memcpy(void *to, void *from, size_t length)");
const setAffinity = libc.func("int sched_setaffinity(int pid, size_t size, void *mask)");
const getAffinity = libc.func("int sched_getaffinity(int pid, size_t size, void *mask)");
const pipe2 = libc.func("int pipe2(void *fds, int flags)");
const prctl = libc.func("int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)");
// Addresses travel as plain numbers (they stay below 2^47): twice as fast through the foreign function interface as
// pointers, and a hand-over makes two of these calls.
const futexWakeCall = libc.func("long syscall(long number, uintptr_t address, int operation, int count)");
const futexWaitRelativeCall = libc.func(
  "long syscall(long number, uintptr_t address, int operation, int expected, uintptr_t timeout)",
);
const futexWaitCall = libc.func(
  "long syscall(long number, uintptr_t address, int operation, int expected, uintptr_t timeout, uintptr_t unused, uint32_t mask)",
);

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FIXED = 0x10;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MFD_CLOEXEC = 1;
const SYS_FUTEX = process.arch === "x64" ? 202 : 98;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const FUTEX_WAIT_BITSET = 9; // its time limit is a point on the monotonic clock
const FUTEX_BITSET_ANY = 0xffffffff;
const MADV_HUGEPAGE = 14;
const MEMORY_PAGE_BYTES = 4096;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const O_CLOEXEC = 0x80000;
const CPU_MASK_BYTES = 128;
/** Answers of futexWait, from errno.h. */
export const EAGAIN = 11;
export const ETIMEDOUT = 110;

/** A file descriptor of `bytes` zero bytes of memory that no file system knows: it is gone with its last user. */
export function createMemoryFile(name: string, bytes: number): number {
  const fd = memfdCreate(name, MFD_CLOEXEC) as number;
  if (fd < 0) throw systemError("memfd_create", `could not create ${bytes} bytes of shared memory`);
  if ((ftruncate(fd, bytes) as number) !== 0) throw systemError("ftruncate", `could not reserve ${bytes} bytes`);
  return fd;
}

/**
 * Puts the memory behind a file descriptor where `place` begins, instead of what is there; returns the address of its first
 * byte in this process.
 */
export function mapShared(fd: number, bytes: number, place: Uint8Array): number {
  const address = addressOf(mmap(place, bytes, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, fd, 0));
  if (address === null) throw systemError("mmap", `could not map ${bytes} bytes of shared memory`);
  return address;
}

/** Asks for large pages behind these bytes, which nobody has touched yet: a wish, which the kernel may not grant. */
export function useLargePages(bytes: Uint8Array): void {
  const start = Number(addressOfBytes(bytes, bytes, 0));
  const first = Math.ceil(start / MEMORY_PAGE_BYTES) * MEMORY_PAGE_BYTES;
  const end = Math.floor((start + bytes.byteLength) / MEMORY_PAGE_BYTES) * MEMORY_PAGE_BYTES;
  if (end > first) madvise(first, end - first, MADV_HUGEPAGE);
}

/** Puts fresh zeros where memory was mapped: who still looks there sees nobody's memory, and breaks nothing. */
export function unmap(bytes: number, place: Uint8Array): void {
  mmap(place, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS | MAP_FIXED, -1, 0);
}

/** Wakes at most `count` threads that wait on the word, in any process; returns how many. */
export function futexWake(address: number, count: number): number {
  return futexWakeCall(SYS_FUTEX, address, FUTEX_WAKE, count) as number;
}

/**
 * Sleeps while the word holds `expected`, until woken or until `deadlineNs` on the monotonic clock (no limit: -1).
 * Returns 0 if woken, EAGAIN if the word held something else, ETIMEDOUT or EINTR. A 0 may come for no reason; the others
 * say that no wake was spent on this thread.
 */
export function futexWait(address: number, expected: number, deadlineNs: number): number {
  // Fewer arguments make a cheaper call, and without a deadline is how a lane's processes wait for each other.
  if (deadlineNs < 0) {
    const woken = futexWaitRelativeCall(SYS_FUTEX, address, FUTEX_WAIT, expected, 0) as number;
    return woken === 0 ? 0 : koffi.errno();
  }
  deadlineCells[0] = BigInt(Math.floor(deadlineNs / 1e9));
  deadlineCells[1] = BigInt(Math.floor(deadlineNs % 1e9));
  const answer = futexWaitCall(
    SYS_FUTEX,
    address,
    FUTEX_WAIT_BITSET,
    expected,
    deadlineAddress,
    0,
    FUTEX_BITSET_ANY,
  ) as number;
  return answer === 0 ? 0 : koffi.errno();
}

/**
 * As `futexWait`, for a while that is the same in nearly all calls: then nothing has to be computed for it. `ms` is less
 * than a second.
 */
export function futexWaitFor(address: number, expected: number, ms: number): number {
  if (ms !== whileMs) whileCells[1] = BigInt((whileMs = ms) * 1e6);
  const answer = futexWaitRelativeCall(SYS_FUTEX, address, FUTEX_WAIT, expected, whileAddress) as number;
  return answer === 0 ? 0 : koffi.errno();
}

/** A pipe that nobody blocks on and no child inherits. */
export function createPipe(): { readonly readFd: number; readonly writeFd: number } {
  const fds = new Int32Array(2);
  if ((pipe2(fds, constants.O_NONBLOCK | O_CLOEXEC) as number) !== 0)
    throw systemError("pipe2", "could not make a pipe");
  return { readFd: fds[0], writeFd: fds[1] };
}

/** Opens the writing end of another process's pipe; throws if that process is gone or does not let us. */
export function openPipeOf(pid: number, writeFd: number): number {
  return openSync(`/proc/${pid}/fd/${writeFd}`, constants.O_WRONLY | constants.O_NONBLOCK);
}

/**
 * When the process started, in clock ticks since the machine did; null if it has ended, a zombie included. A pid alone
 * names nobody: the kernel gives it out again.
 */
export function processStart(pid: number): bigint | null {
  const fields = statOf(pid);
  return fields === null || fields[0] === "Z" || fields[0] === "X" ? null : BigInt(fields[19]);
}

/** Whether the process was stopped by a signal and has not been let go on; a debugger that holds it does not count. */
export function isStopped(pid: number): boolean {
  return statOf(pid)?.[0] === "T";
}

/** What proc(5) has in /proc/PID/stat from the third field on; null if there is no such process. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the program's name in parentheses, which may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** Confines this process to one core. A hand-over between two processes on one core is about 20 times cheaper. */
export function pinToCore(core: number): void {
  const mask = new Uint8Array(CPU_MASK_BYTES);
  mask[core >> 3] = 1 << (core & 7);
  if ((setAffinity(0, CPU_MASK_BYTES, mask) as number) !== 0) {
    throw systemError("sched_setaffinity", `could not confine this process to core ${core}`);
  }
  pinned = true;
}

/** Whether another core could be running whoever is waited for; only then is it worth looking twice before sleeping. */
export function hasOtherCores(): boolean {
  return !(pinned ??= allowedCores().length < 2);
}

let pinned: boolean | null = null;

/** The cores that this process may use: fewer than the machine has, in a container or under taskset. */
export function allowedCores(): number[] {
  const mask = new Uint8Array(CPU_MASK_BYTES);
  if ((getAffinity(0, CPU_MASK_BYTES, mask) as number) < 0) return [0];
  const cores: number[] = [];
  for (let core = 0; core < CPU_MASK_BYTES * 8; core++) {
    if ((mask[core >> 3] & (1 << (core & 7))) !== 0) cores.push(core);
  }
  return cores;
}

/** Asks the kernel to kill this process when its parent dies, even if it is asleep in a system call then. */
export function dieWithParent(): void {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

// A page of our own for the arguments that have to be pointers. Each thread of a process has its own copy of this
// module, so no two threads share the page.
const deadlinePage = mmap(null, 4096, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0) as unknown;
const deadlineAddress = Number(koffi.address(deadlinePage));
const deadlineCells = new BigInt64Array(koffi.view(deadlinePage, 4096));
const whileAddress = deadlineAddress + 64;
const whileCells = deadlineCells.subarray(8, 10);
let whileMs = 0;

/** The address in what mmap answered; null for MAP_FAILED, which is (void *) -1. */
function addressOf(pointer: unknown): number | null {
  const address = Number(koffi.address(pointer));
  return address <= 0 || address > 2 ** 47 ? null : address;
}

function openLibc(): ReturnType<typeof koffi.load> {
  if (process.platform !== "linux") {
    throw new Error(
      `forkcheck runs on Linux only so far, and this is ${process.platform}: ` +
        "its shared memory and its parking of processes stand on memfd and futex. Run it in a Linux container or in CI.",
    );
  }
  return koffi.load(null);
}

function systemError(call: string, what: string): Error {
  const errno = koffi.errno();
  return new Error(`${what}: ${call} failed with errno ${errno}. Look at the memory and process limits (ulimit -a).`);
}
