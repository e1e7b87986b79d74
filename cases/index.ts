import type { Scenario } from "../harness/scenario.ts";
import { asyncLock } from "./async-lock.ts";
import { asyncMutex } from "./async-mutex.ts";
import { asyncSema } from "./async-sema.ts";
import { cacache } from "./cacache.ts";
import { cacheManagerFsHash } from "./cache-manager-fs-hash.ts";
import { configstore } from "./configstore.ts";
import { crossProcessLock } from "./cross-process-lock.ts";
import { flatCache } from "./flat-cache.ts";
import { fsExtraMove } from "./fs-extra.ts";
import { lockfileSync } from "./lockfile.ts";
import { mkdirLock } from "./mkdir-lock.ts";
import { mutexify } from "./mutexify.ts";
import { nodePersist } from "./node-persist.ts";
import { properLockfile, properLockfileStale } from "./proper-lockfile.ts";
import { steno } from "./steno.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** Packages from npm under control, as they are: see docs/findings.md. They are no part of the published package. */
export const CASES: readonly Scenario[] = [
  properLockfileStale,
  properLockfile,
  crossProcessLock,
  configstore,
  flatCache,
  asyncLock,
  nodePersist,
  asyncMutex,
  mkdirLock,
  lockfileSync,
  cacheManagerFsHash,
  fsExtraMove,
  writeFileAtomic,
  steno,
  asyncSema,
  cacache,
  mutexify,
] as unknown as readonly Scenario[];
