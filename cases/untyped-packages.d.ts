/** What the cases use of packages that come without types. */

declare module "proper-lockfile" {
  interface Retries {
    readonly retries: number;
    readonly minTimeout?: number;
    readonly factor?: number;
  }
  interface LockOptions {
    readonly stale?: number;
    readonly update?: number;
    readonly retries?: number | Retries;
    readonly onCompromised?: (error: Error) => void;
  }
  const lockfile: { lock(file: string, options?: LockOptions): Promise<() => Promise<void>> };
  export default lockfile;
}

declare module "async-lock" {
  class AsyncLock {
    constructor(options?: { readonly maxExecutionTime?: number });
    acquire<T>(key: string, task: () => T | Promise<T>): Promise<T>;
  }
  export default AsyncLock;
}

declare module "node-persist" {
  interface Store {
    init(): Promise<unknown>;
    setItem(key: string, value: unknown): Promise<unknown>;
  }
  const storage: { create(options: { readonly dir: string }): Store };
  export default storage;
}

declare module "lockfile" {
  const lockfile: {
    lockSync(path: string, options?: { readonly stale?: number }): void;
    unlockSync(path: string): void;
    lock(
      path: string,
      options: { readonly stale?: number },
      callback: (error?: NodeJS.ErrnoException | null) => void,
    ): void;
  };
  export default lockfile;
}

declare module "cache-manager-fs-hash" {
  class DiskStore {
    constructor(options: { readonly path: string; readonly subdirs?: boolean });
    set(key: string, value: unknown): Promise<void>;
    get(key: string): Promise<unknown>;
  }
  const manager: { readonly DiskStore: typeof DiskStore };
  export default manager;
}

declare module "fs-extra" {
  const fse: { move(from: string, to: string): Promise<void> };
  export default fse;
}

declare module "write-file-atomic" {
  function writeFileAtomic(file: string, text: string): Promise<void>;
  export default writeFileAtomic;
}

declare module "cacache" {
  const cacache: {
    put(cache: string, key: string, data: string): Promise<unknown>;
    get(cache: string, key: string): Promise<{ readonly data: Buffer }>;
  };
  export default cacache;
}

declare module "mutexify/promise.js" {
  function mutexify(): () => Promise<() => void>;
  export default mutexify;
}

declare module "pidlockfile" {
  const lockfile: { lock(file: string, callback: (error: Error | null) => void): void };
  export default lockfile;
}
