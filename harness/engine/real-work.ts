/** To be called once, when the worker is otherwise idle. */
export function rememberRestingResources(): void {
  restingResources.clear();
  for (const name of process.getActiveResourcesInfo())
    restingResources.set(name, (restingResources.get(name) ?? 0) + 1);
}

/** Whether something real is under way in this worker: a timer, a file, a socket that a role has opened. */
export function realWorkUnderWay(): boolean {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    if (name === "Immediate") continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count > (restingResources.get(name) ?? 0)) return true;
  }
  return false;
}

/** What is always there in a worker: its standard streams and the channel to its parent. */
const restingResources = new Map<string, number>();
