import type { Scenario } from "../harness/scenario.ts";
import { asyncLock } from "./async-lock.ts";
import { asyncMutex } from "./async-mutex.ts";
import { asyncSema } from "./async-sema.ts";
import { asyncRwlock } from "./async-rwlock.ts";
import { atomically } from "./atomically.ts";
import { cacache } from "./cacache.ts";
import { cacheManagerFsHash } from "./cache-manager-fs-hash.ts";
import { configstore } from "./configstore.ts";
import { crossProcessLock } from "./cross-process-lock.ts";
import { fileSystemCache } from "./file-system-cache.ts";
import { flatCache } from "./flat-cache.ts";
import { fsExtraMove } from "./fs-extra.ts";
import { globalMutex } from "./global-mutex.ts";
import { lockfileAsync, lockfileSync } from "./lockfile.ts";
import { mkdirLock } from "./mkdir-lock.ts";
import { moveFile } from "./move-file.ts";
import { mutexify } from "./mutexify.ts";
import { nodePersist } from "./node-persist.ts";
import { pidlockfile } from "./pidlockfile.ts";
import { properLockfile, properLockfilePaused, properLockfileStale } from "./proper-lockfile.ts";
import { rwlockfile } from "./rwlockfile.ts";
import { steno } from "./steno.ts";
import { workerpoolTerminate, workerpoolTimeout } from "./workerpool.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** Packages from npm under control, as they are: see docs/findings.md. They are no part of the published package. */
export const CASES: readonly Scenario[] = [
  properLockfileStale,
  properLockfilePaused,
  properLockfile,
  crossProcessLock,
  configstore,
  flatCache,
  asyncLock,
  nodePersist,
  asyncMutex,
  mkdirLock,
  lockfileSync,
  lockfileAsync,
  cacheManagerFsHash,
  fsExtraMove,
  writeFileAtomic,
  steno,
  asyncSema,
  cacache,
  globalMutex,
  rwlockfile,
  pidlockfile,
  moveFile,
  atomically,
  fileSystemCache,
  asyncRwlock,
  mutexify,
  workerpoolTerminate,
  workerpoolTimeout,
] as unknown as readonly Scenario[];
