import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import { isFaultKind, type Fault } from "./fault.ts";
import { RequestError } from "./request-error.ts";
import type { RunValue, Schedule, Segment } from "./run-value.ts";

/**
 * A run's value as one line of text without spaces, to paste and to commit:
 *
 *     fc1:ticket-rush-unsafe:eyJ0aWNrZXRzIjoxfQ:akq81b-:x7Q2pA
 *     version, scenario, input (and draws), schedule, check digits
 *
 * A run with faults has them in a part of their own behind the schedule: `kill-aX7Q2.2` befalls the first process when it is
 * about to take its second step with that fingerprint; `pause~500-bK2` lasts 500 ms; several are joined by `_`.
 *
 * In the schedule a letter is a process (a is the first); what follows says how long it moves: `-` until it cannot go on,
 * else until it is about to take its n-th step with that fingerprint, the fingerprint in base 36 and n after a dot. `~40` at
 * its end: the run comes to no end, and is cut off after 40 steps.
 */
export function encodeToken(scenario: string, value: RunValue): string {
  const faults = value.faults.length === 0 ? "" : `:${value.faults.map(encodeFault).join("_")}`;
  const cut = value.cutAfter === undefined ? "" : `~${value.cutAfter}`;
  const body = `fc1:${scenario}:${encodeData(value)}:${encodeSchedule(value.schedule)}${cut}${faults}`;
  return `${body}:${checkDigits(body)}`;
}

/** @throws {RequestError} the text is no token, or was cut off or changed */
export function decodeToken(token: string): { scenario: string; value: RunValue } {
  const parts = token.trim().split(":");
  if (parts[0] !== "fc1") {
    throw new RequestError(
      `${JSON.stringify(token.slice(0, 40))} is no token of this version.`,
      "Tokens begin with fc1: and stand behind 'Replay' in a report. Copy the whole of one.",
    );
  }
  const body = parts.slice(0, -1).join(":");
  if ((parts.length !== 5 && parts.length !== 6) || checkDigits(body) !== parts.at(-1)) {
    throw new RequestError(
      `The token ${JSON.stringify(`${token.slice(0, 40)}${token.length > 40 ? "…" : ""}`)} is damaged: its check digits do not fit, so a part of it was cut off or changed.`,
      "Copy the whole token again, from 'fc1:' to the end of the line.",
    );
  }
  const faults = parts.length === 6 ? parts[4].split("_").map((text) => decodeFault(text, token)) : [];
  const [, schedule, cut] = /^(.*?)(?:~(\d+))?$/.exec(parts[3]) as RegExpExecArray;
  return {
    scenario: parts[1],
    value: {
      ...decodeData(parts[2], token),
      schedule: decodeSchedule(schedule, token),
      faults,
      ...(cut === undefined ? {} : { cutAfter: Number(cut) }),
    },
  };
}

function encodeData(value: RunValue): string {
  const drawn = value.draws.some((draws) => draws.length > 0);
  // As it arrives in another process: fast-check makes objects without a prototype now and then, which say the same.
  const data = deserialize(serialize(drawn ? [value.input, value.draws] : [value.input])) as unknown;
  const json = jsonOf(data);
  // JSON is shorter and can be read by people; what it cannot carry goes as V8 writes it.
  if (json !== null && isDeepStrictEqual(JSON.parse(json), data)) {
    return Buffer.from(json.slice(1, -1)).toString("base64url");
  }
  return `.${serialize(data).toString("base64url")}`;
}

function jsonOf(data: unknown): string | null {
  try {
    return JSON.stringify(data);
  } catch {
    return null;
  }
}

function decodeData(text: string, token: string): Pick<RunValue, "input" | "draws"> {
  try {
    const data = (
      text.startsWith(".")
        ? deserialize(Buffer.from(text.slice(1), "base64url"))
        : JSON.parse(`[${Buffer.from(text, "base64url").toString()}]`)
    ) as [unknown, unknown[][]?];
    return { input: data[0], draws: data[1] ?? [] };
  } catch {
    throw unreadable(token, "input");
  }
}

function encodeSchedule(schedule: Schedule): string {
  return schedule
    .map(({ strand, fingerprint, occurrence }) => {
      const who = strandText(strand);
      if (fingerprint === 0) return `${who}-`;
      return `${who}${fingerprint.toString(36).toUpperCase()}${occurrence === 1 ? "" : `.${occurrence}`}_`;
    })
    .join("");
}

function decodeSchedule(text: string, token: string): Schedule {
  const segments: Segment[] = [];
  let rest = text;
  while (rest !== "") {
    const match = /^([a-z]{1,2})(?:~(\d+)~)?(?:-|([0-9A-Z]+)(?:\.(\d+))?_)/.exec(rest);
    if (match === null) throw unreadable(token, "schedule");
    const fingerprint = match[3] === undefined ? 0 : Number.parseInt(match[3], 36);
    segments.push({
      strand: processNumber(match[1]) * STRANDS + Number(match[2] ?? 1),
      fingerprint,
      occurrence: fingerprint === 0 ? 0 : Number(match[4] ?? 1),
    });
    rest = rest.slice(match[0].length);
  }
  return segments;
}

function encodeFault({ kind, strand, fingerprint, occurrence, ms }: Fault): string {
  const step = `${fingerprint.toString(36).toUpperCase()}${occurrence === 1 ? "" : `.${occurrence}`}`;
  return `${kind}${ms === 0 ? "" : `~${ms}`}-${strandText(strand)}${step}`;
}

function decodeFault(text: string, token: string): Fault {
  const match = /^([a-z]+)(?:~(-?\d+))?-([a-z]{1,2})(?:~(\d+)~)?([0-9A-Z]+)(?:\.(\d+))?$/.exec(text);
  if (match === null || !isFaultKind(match[1])) throw unreadable(token, "fault");
  return {
    kind: match[1],
    strand: processNumber(match[3]) * STRANDS + Number(match[4] ?? 1),
    fingerprint: Number.parseInt(match[5], 36),
    occurrence: Number(match[6] ?? 1),
    ms: Number(match[2] ?? 0),
  };
}

function strandText(strand: number): string {
  const task = strand % STRANDS;
  return processLetters(Math.floor(strand / STRANDS)) + (task === 1 ? "" : `~${task}~`);
}

function unreadable(token: string, part: string): RequestError {
  return new RequestError(
    `The ${part} in the token ${JSON.stringify(token.slice(0, 40))} can't be read.`,
    "Copy the token again, or find the failure anew with `forkcheck run`.",
  );
}

/** a ... z, then aa ... zz, so that one letter is enough for most. */
function processLetters(process: number): string {
  if (process < 26) return LETTERS[process];
  return LETTERS[Math.floor(process / 26) - 1] + LETTERS[process % 26];
}

function processNumber(letters: string): number {
  if (letters.length === 1) return LETTERS.indexOf(letters);
  return (LETTERS.indexOf(letters[0]) + 1) * 26 + LETTERS.indexOf(letters[1]);
}

/** 30 bits of FNV-1a in base 36: enough to notice a slip of the mouse. */
function checkDigits(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 17)) & 0x3fffffff).toString(36);
}

const STRANDS = 64;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";
