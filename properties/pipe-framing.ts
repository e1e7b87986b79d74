import type { History, Operation } from "../harness/history.ts";
import type { Property, Violation } from "../harness/property.ts";
import { canonical } from "./values.ts";
import { shown } from "./wording.ts";

export interface PipeOptions {
  /** Only the pipe of this name; default: all operations are of one pipe. */
  readonly object?: string;
  /** Names of the operations. Default: send, recv or receive, close, each also with "Sync". */
  readonly send?: readonly string[];
  readonly receive?: readonly string[];
  readonly close?: readonly string[];
  /** What a receive says when there is nothing more to come. Default: it throws EofError, or returns undefined or null. */
  readonly ended?: (operation: Operation) => boolean;
}

/**
 * One direction of a pipe hands over whole messages, each once, those of one sender in its order; it ends when every sender
 * has closed and everything was received, and not before.
 *
 * A receive gets a message that was sent (else it was torn), not more often than that; of two messages of one sender the
 * first comes first; nothing comes after the end; and no end comes before a close was called, or while a message whose
 * send had returned before the first close was called never came. The last message of a sender that died may be missing.
 */
export function pipeFraming(options: PipeOptions = {}): Property {
  return {
    name: "pipe-framing",
    claim: "messages arrive whole, once, in each sender's order, and the end comes last",
    perObject: options.object !== undefined,
    check(history) {
      const { sends, receives, closes, ends, silent } = partsOf(history, options);
      return (
        torn(sends, receives) ?? outOfOrder(sends, receives) ?? wrongEnd({ sends, receives, closes, ends, silent })
      );
    },
  };
}

interface Parts {
  readonly sends: readonly Operation[];
  readonly receives: readonly Operation[];
  readonly closes: readonly Operation[];
  readonly ends: readonly Operation[];
  /** Receives that never returned: each may have taken a message with it. */
  readonly silent: readonly Operation[];
}

function partsOf(history: History, options: PipeOptions): Parts {
  const own = history.operations.filter(({ object }) => options.object === undefined || object === options.object);
  const named = (names: readonly string[]): Operation[] =>
    own.filter(({ operation }) => names.includes(operation) || names.includes(operation.replace(/Sync$/, "")));
  const ended =
    options.ended ??
    (({ outcome, result }: Operation) =>
      outcome === "threw" ? String(result).includes("EofError") : outcome === "returned" && (result ?? null) === null);
  const all = named(options.receive ?? ["recv", "receive", "tryRecv"]);
  return {
    // One that only tried has sent nothing if it answers false.
    sends: named(options.send ?? ["send", "trySend"]).filter(({ result }) => result !== false),
    receives: all
      .filter((operation) => operation.outcome === "returned" && !ended(operation))
      .sort((a, b) => a.returned! - b.returned!),
    closes: named(options.close ?? ["close"]),
    ends: all.filter((operation) => operation.outcome !== "pending" && ended(operation)),
    silent: all.filter(({ outcome }) => outcome === "pending"),
  };
}

function torn(sends: readonly Operation[], receives: readonly Operation[]): Violation | null {
  const sent = grouped(sends, ({ args }) => canonical(args[0]));
  for (const receive of receives) {
    const candidates = sent.get(canonical(receive.result));
    if (candidates === undefined) {
      return violation(`${receive.process} received ${shown(receive.result)}, which nobody sent`, [receive]);
    }
    const at = candidates.findIndex(({ invoked }) => invoked < receive.returned!);
    if (at === -1) {
      return violation(`${receive.process} received ${shown(receive.result)} before it was sent or once too often`, [
        receive,
        ...sends.filter(({ args }) => canonical(args[0]) === canonical(receive.result)),
      ]);
    }
    candidates.splice(at, 1);
  }
  return null;
}

/** For each sender, two messages whose sends and whose receives do not overlap, and are in opposite orders. */
function outOfOrder(sends: readonly Operation[], receives: readonly Operation[]): Violation | null {
  const received = new Map(receives.map((receive) => [canonical(receive.result), receive]));
  for (const own of grouped(sends, ({ process }) => process).values()) {
    const distinct = new Set(own.map(({ args }) => canonical(args[0])));
    if (distinct.size < own.length) continue; // equal messages cannot be told apart
    let latest: { send: Operation; receive: Operation } | null = null;
    for (const send of own) {
      const receive = received.get(canonical(send.args[0]));
      if (receive === undefined) continue;
      if (latest !== null && receive.returned! < latest.receive.invoked) {
        const message = `${send.process}'s ${shown(send.args[0])} arrived before its ${shown(latest.send.args[0])}, which it had sent first`;
        return violation(message, [latest.send, send, receive, latest.receive]);
      }
      if (latest === null || receive.invoked > latest.receive.invoked) latest = { send, receive };
    }
  }
  return null;
}

function wrongEnd({ sends, receives, closes, ends, silent }: Parts): Violation | null {
  const senders = new Set(sends.map(({ process }) => process));
  const received = new Set(receives.map(({ result }) => canonical(result)));
  for (const end of ends) {
    const later = receives.find(({ invoked }) => invoked > end.returned!);
    if (later !== undefined)
      return violation(`${later.process} received ${shown(later.result)} after the end`, [end, later]);
    const close = closes.filter(({ process }) => senders.size === 0 || senders.has(process));
    if (close.length > 0 && close.every(({ invoked }) => invoked > end.returned!)) {
      return violation(`${end.process} was told of the end before any sender called close`, [end]);
    }
    const missing = sends.find(
      ({ outcome, returned, args, process }) =>
        outcome === "returned" &&
        !received.has(canonical(args[0])) &&
        close.some((one) => one.process === process && returned! < one.invoked && one.invoked < end.returned!),
    );
    if (missing !== undefined && silent.length === 0) {
      return violation(
        `the end came, and ${missing.process}'s ${shown(missing.args[0])}, which had been sent, never did`,
        [missing, end],
      );
    }
  }
  return null;
}

function violation(message: string, operations: readonly Operation[]): Violation {
  return { message, operations: operations.map(({ id }) => id).sort((a, b) => a - b) };
}

function grouped<Key>(operations: readonly Operation[], key: (operation: Operation) => Key): Map<Key, Operation[]> {
  const groups = new Map<Key, Operation[]>();
  for (const operation of operations) {
    const group = groups.get(key(operation));
    if (group === undefined) groups.set(key(operation), [operation]);
    else group.push(operation);
  }
  return groups;
}
