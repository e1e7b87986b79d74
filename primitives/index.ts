export * from "./errors.ts";
export { Hold, Lock, type AcquireOptions, type LockOptions } from "./lock.ts";
export type { Kind, NumberOf } from "./kinds.ts";
export * from "./memory/index.ts";
export type { WaitOptions } from "./operation.ts";
export { Value, type ValueOptions } from "./value.ts";
