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

/** With the statuses that a shell gives for them. */
const SIGNALS = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;
