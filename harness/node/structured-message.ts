import { Serializer } from "node:v8";
import { inspect } from "node:util";
import { withoutOwnFrames } from "../engine/source-place.ts";
import { ClonedValue } from "../engine/values.ts";

/**
 * A message as threads send it: what the receiver gets is a copy, and what is in the list is the sender's no longer.
 *
 * @param refuse is told what the message has that only real threads could share
 * @throws what Node throws of what can't be sent
 */
export function clonedMessage(message: unknown, transfer: unknown, refuse: (what: string) => never): ClonedValue {
  const list = transferListOf(transfer);
  const handle = list.find((one) => !(one instanceof ArrayBuffer));
  if (typeof handle === "object" && handle !== null) refuse(`${nameOf(handle)} to hand over`);
  return new ClonedValue(bytesOf(structuredClone(message, { transfer: list as ArrayBuffer[] }), refuse));
}

/** A message in few words, for the trace. */
export function messageText(message: unknown): string {
  const text = inspect(message, { depth: 4, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 100 });
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text;
}

/** An error that ends a thread, as its parent is to hear of it: of what can be copied of it all. */
export function clonedFailure(error: unknown): ClonedValue {
  const refuse = (): never => {
    throw new Error("it can't be copied");
  };
  if (!(error instanceof Error)) {
    return clonedOr({ value: error }, { value: inspect(error) }, refuse);
  }
  const properties: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(error)) {
    const value = Reflect.get(error, name) as unknown;
    try {
      clonedMessage(value, [], refuse);
      properties[name] = name === "stack" ? withoutOwnFrames(String(value)) : value;
    } catch {
      // As Node has it, what can't be copied is left out.
    }
  }
  return new ClonedValue(bytesOf({ type: typeOf(error), properties } satisfies Failure, refuse));
}

/** @param failure what `clonedFailure` has made of it */
export function rebuiltFailure(failure: unknown): unknown {
  const { type, properties, value } = failure as Partial<Failure> & { readonly value?: unknown };
  if (type === undefined || properties === undefined) return value;
  const error = new ERRORS[type]("");
  for (const [name, property] of Object.entries(properties)) {
    const enumerable = !["message", "stack", "cause", "errors"].includes(name);
    Object.defineProperty(error, name, { value: property, enumerable, writable: true, configurable: true });
  }
  return error;
}

interface Failure {
  readonly type: keyof typeof ERRORS;
  readonly properties: Readonly<Record<string, unknown>>;
}

const ERRORS = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Error } as const;
const TEXT_LENGTH_MAX = 200;

function typeOf(error: Error): Failure["type"] {
  const types = Object.keys(ERRORS) as Failure["type"][];
  return types.find((type) => error instanceof ERRORS[type]) ?? "Error";
}

function clonedOr(value: unknown, otherwise: unknown, refuse: () => never): ClonedValue {
  try {
    return clonedMessage(value, [], refuse);
  } catch {
    return clonedMessage(otherwise, [], refuse);
  }
}

function transferListOf(transfer: unknown): readonly unknown[] {
  if (Array.isArray(transfer)) return transfer;
  return (transfer as { readonly transfer?: readonly unknown[] } | null | undefined)?.transfer ?? [];
}

function bytesOf(value: unknown, refuse: (what: string) => never): Uint8Array {
  const serializer = Object.assign(new Serializer(), {
    _getSharedArrayBufferId: () => refuse("memory that threads share (SharedArrayBuffer)"),
    _writeHostObject: (object: object) => refuse(nameOf(object)),
    _getDataCloneError: Error,
  });
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function nameOf(object: object): string {
  return `a ${object.constructor?.name ?? "foreign object"}`;
}
