import type { FaultKind } from "../fault.ts";

/** The error that Node reports where the kernel refuses a file operation: same `code`, `errno`, `syscall` and `path`. */
export function fileError(fault: FaultKind, path: string, syscall = "open"): NodeJS.ErrnoException {
  const { code, errno, text } = ERRORS[fault] ?? ERRORS.eio;
  return Object.assign(new Error(`${code}: ${text}, ${syscall} '${path}'`), { code, errno: -errno, syscall, path });
}

interface ErrorNumber {
  readonly code: string;
  readonly errno: number;
  readonly text: string;
}

/** errno(3), and libuv's words for them. */
const ERRORS: { readonly [kind in FaultKind]?: ErrorNumber } & { readonly eio: ErrorNumber } = {
  enospc: { code: "ENOSPC", errno: 28, text: "no space left on device" },
  eio: { code: "EIO", errno: 5, text: "i/o error" },
  emfile: { code: "EMFILE", errno: 24, text: "too many open files" },
};
