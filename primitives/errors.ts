/**
 * Every error that a primitive throws on purpose. Each says what happened, to which object, and what to do now; the
 * messages of all primitives stand here, next to each other.
 */
export class ForkcheckError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** An operation that only the holder may do was tried by somebody else. */
export class NotOwnerError extends ForkcheckError {
  constructor(object: string, operation: string, owner: number) {
    super(
      `${operation} by a process that does not hold the ${object}` +
        `${owner === 0 ? "" : ` (its holder is process ${owner} of this region)`}. ` +
        `Acquire it first; to hand something over between processes, use a Semaphore.`,
    );
  }
}

/** More was released than had been acquired, or than may be there at all. */
export class OverReleaseError extends ForkcheckError {
  constructor(object: string, operation: string, why: string) {
    super(
      `${operation} on a ${object} once too often: ${why}. Its state is unchanged; match every release with one acquire.`,
    );
  }
}

/** The holder died while it held the object; what the object protects may be half done. */
export class OwnerDiedError extends ForkcheckError {
  constructor(object: string) {
    super(
      `the holder of a ${object} died while it held it, so what it protects may be half done. ` +
        `Acquire it with onOwnerDeath: "recover", repair what it protects, and call markConsistent().`,
    );
  }
}

/** Somebody took over from a dead holder and released without having declared the state consistent. */
export class UnrecoverableError extends ForkcheckError {
  constructor(object: string) {
    super(
      `this ${object} is unrecoverable: its holder died, and the next one released it without markConsistent(). ` +
        `Create a new one; next time repair what it protects when lastOwnerDied is true, and call markConsistent().`,
    );
  }
}

/** The call could only have waited for itself. */
export class WouldDeadlockError extends ForkcheckError {
  constructor(object: string, why: string) {
    super(`waiting for this ${object} would never end: ${why}. Release it first, or use an RLock.`);
  }
}

/** A scope could not be entered in time. (Forms that return a boolean return false instead.) */
export class TimeoutError extends ForkcheckError {
  constructor(object: string, operation: string, timeoutMs: number) {
    super(
      `${operation} on a ${object} took longer than its timeoutMs of ${timeoutMs}. Nothing else has changed; try again or allow more time.`,
    );
  }
}

/** Something was to be sent to another process that cannot live there. */
export class NotSharableError extends ForkcheckError {
  constructor(what: string, why: string) {
    super(
      `${what} cannot be sent to another process: ${why}. Pass primitives in the args of a Process, and plain data elsewhere.`,
    );
  }
}

/** The object was closed here, or the process object was disposed. */
export class ClosedError extends ForkcheckError {
  constructor(object: string, operation: string) {
    super(
      `${operation} on a ${object} that is closed in this process. Close it only when nobody here needs it any more.`,
    );
  }
}

export class NotStartedError extends ForkcheckError {
  constructor(operation: string) {
    super(`${operation} on a Process that was not started. Call start() first.`);
  }
}

/** Something was asked of a process that only one that has ended can do. */
export class StillRunningError extends ForkcheckError {
  constructor(operation: string, name: string) {
    super(`${operation} on the process ${name}, which still runs. Join it or kill it first.`);
  }
}

export class AlreadyStartedError extends ForkcheckError {
  constructor(name: string) {
    super(`the process ${name} was started before, and a Process starts once. Make a new one.`);
  }
}

/** The system would not make another process, or its program is not where it was. */
export class StartRefusedError extends ForkcheckError {
  constructor(name: string, program: string) {
    super(
      `the process ${name} could not be started: the system did not run ${program}. ` +
        "See that it is there, and that the limits on processes and open files are not reached.",
    );
  }
}

/** A daemonic process may not have children: nobody would end them. */
export class DaemonChildError extends ForkcheckError {
  constructor(name: string) {
    super(
      `${name} cannot be started from a daemonic process, whose end would leave it behind. Start it from a process that is not a daemon.`,
    );
  }
}

/** The barrier is broken: somebody timed out, died, aborted or reset it, or its action threw. */
export class BrokenBarrierError extends ForkcheckError {
  constructor(why: string) {
    super(`the barrier is broken: ${why}. When everybody knows, make it usable again with reset().`);
  }
}

/** The bytes of a message are no value. That message is gone; the next one is not affected. */
export class DecodeError extends ForkcheckError {
  constructor(why: string) {
    super(
      `a message could not be decoded: ${why}. Receive with recv what was sent with send, and with recvBytes what was sent with sendBytes.`,
    );
  }
}

/** Nothing was there when the time that was allowed was over. */
export class QueueEmpty extends ForkcheckError {
  constructor() {
    super("the queue is empty. Wait longer (timeoutMs), or ask whether there is something with tryGet.");
  }
}

/** There was no room when the time that was allowed was over. */
export class QueueFull extends ForkcheckError {
  constructor() {
    super(
      "the queue is full. Wait longer (timeoutMs), let consumers catch up, or make it with a larger maxSize or bytes.",
    );
  }
}

/**
 * Another process stands still in the middle of such an operation: it is stopped (SIGSTOP, a debugger), or gets no core. So
 * nobody can tell in time what would have come of this one, and it has changed nothing.
 */
export class HeldUpError extends ForkcheckError {
  /** The process that stands still; 0 if it is not known any more. */
  readonly pid: number;

  constructor(object: string, operation: string, pid: number) {
    super(
      `${operation} on a ${object} was held up by ${pid === 0 ? "another process" : `process ${pid}`}, which stands still in the ` +
        "middle of such an operation. Nothing has changed; try again when it goes on (is it stopped?) or has ended.",
    );
    this.pid = pid;
  }
}

/** `end()` was called: no more will come, and what had come is gone. */
export class QueueEnded extends ForkcheckError {
  constructor(operation: string) {
    super(`${operation} on a queue that has ended: nobody may put any more, and everything in it was taken.`);
  }
}

/** The other end was closed everywhere, and everything that it had sent was received. */
export class EofError extends ForkcheckError {
  constructor() {
    super(
      "end of file: every process has closed the other end of this pipe, and all its messages were received. Close this end.",
    );
  }
}

/** Nobody can receive any more what is sent here. */
export class BrokenPipeError extends ForkcheckError {
  constructor() {
    super(
      "the other end of this pipe is closed in every process, so nobody would receive the message. Close this end.",
    );
  }
}

/** A one-way connection was used the other way, or one that stopped receiving after a message that was too long. */
export class DirectionError extends ForkcheckError {
  constructor(operation: string, may: string) {
    super(`${operation} on a connection that is ${may}. Use the other end of the pipe, or make it with duplex: true.`);
  }
}

/** A message was longer than the caller would take. It is gone. */
export class MessageTooLongError extends ForkcheckError {
  /** Bytes of the message. */
  readonly length: number;

  constructor(length: number, maxLength: number) {
    super(
      `a message of ${length} bytes is longer than maxLength (${maxLength}), so nothing more is received here. Allow longer ones.`,
    );
    this.length = length;
  }
}

/** A message did not fit the caller's buffer. The whole message is in `bytes`; the connection goes on. */
export class BufferTooShortError extends ForkcheckError {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, room: number) {
    super(
      `a message of ${bytes.byteLength} bytes does not fit the ${room} bytes of the buffer. It is in this error's bytes.`,
    );
    this.bytes = bytes;
  }
}
