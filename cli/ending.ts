/**
 * Ctrl-C and SIGTERM end forkcheck at once: the kernel kills the workers with this process, and each lane's conductor
 * removes its folder and follows. Undone when disposed of.
 */
export function endOnSignal(): Disposable {
  const handlers = SIGNALS.map(([signal, status]) => {
    const handler = (): void => process.exit(status);
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return {
    [Symbol.dispose]: () => {
      for (const remove of handlers) remove();
    },
  };
}

/**
 * When nobody reads any more what is written (`| head`), the program ends at once and says nothing, as others do: with the status
 * that a shell gives for SIGPIPE, which Node ignores.
 *
 * @param otherwise is told why else one of the two cannot be written
 */
export function endWithReader(
  otherwise: (error: NodeJS.ErrnoException, stream: NodeJS.WriteStream) => void = (error) => {
    throw error;
  },
): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") otherwise(error, stream);
      else process.exit(141);
    });
  }
}

/** With the statuses that a shell gives for them. */
const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;
