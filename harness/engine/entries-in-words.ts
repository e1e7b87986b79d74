import type { TraceEntry } from "../trace.ts";
import type { FaultRecording } from "./fault-recording.ts";
import { isFault, KIND, kindName } from "./kinds.ts";
import { ENTRY, O, T, type LaneMemory } from "./lane-memory.ts";
import type { Names } from "./names.ts";
import { entryAt, operationAt } from "./recorder.ts";
import type { RunNames } from "./run-names.ts";
import { readPlaceText } from "./source-place.ts";
import type { Values } from "./values.ts";

/** What the entries of a trace say to a reader. */
export class EntriesInWords {
  readonly #memory: LaneMemory;
  readonly #names: Names;
  readonly #values: Values;
  readonly #faults: FaultRecording;

  constructor(memory: LaneMemory, names: Names, values: Values, faults: FaultRecording) {
    this.#memory = memory;
    this.#names = names;
    this.#values = values;
    this.#faults = faults;
  }

  entry(run: RunNames, step: number): TraceEntry {
    const { words, doubles } = this.#memory;
    const entry = entryAt(step);
    const kind = words[entry + T.kind];
    const source = words[entry + T.source];
    const struck = isFault(kind);
    const object = struck ? null : this.#objectOf(run, entry);
    const text = struck
      ? this.#faults.text(step, kind, this.labelOf(run, entry, words[entry + T.before]))
      : { label: this.#purposeOf(entry, object) ?? this.labelOf(run, entry, kind), detail: this.#detail(run, entry) };
    return {
      step,
      process: run.processes[words[entry + T.process]],
      kind: kindName(kind),
      object,
      ...text,
      time: doubles[(entry + T.time) >> 1],
      ...readPlaceText(source === 0 ? "" : this.#names.text(source)),
    };
  }

  #objectOf(run: RunNames, entry: number): string | null {
    const reference = this.#memory.words[entry + T.object];
    if (reference === 0) return null;
    return reference < 0 ? this.#names.text(-reference) : run.objects.nameOf(reference);
  }

  /** An atomic update is best called by what it was for: "acquire lock". */
  #purposeOf(entry: number, object: string | null): string | null {
    const { words } = this.#memory;
    const operation = words[entry + T.operation];
    if (words[entry + T.kind] !== KIND.update || operation === 0) return null;
    return `${this.#names.text(words[operationAt(operation) + O.name])} ${object}`;
  }

  /** What a step of this kind does to the entry's object, in words. */
  labelOf(run: RunNames, entry: number, kind: number): string {
    const { words } = this.#memory;
    const label = words[entry + T.label];
    const name = label === 0 || kind === KIND.copy ? "" : this.#names.text(label);
    const reference = words[entry + T.object];
    const part = reference > 0 ? run.objects.partOf(reference) : "";
    return labelOf(kind, this.#objectOf(run, entry), part, name, label);
  }

  /** A value of an object's word: "5", or as the object tells it: "free", "buyer 1, waiters". */
  #told(run: RunNames, reference: number, value: number): string {
    if (reference <= 0) return String(value);
    return run.objects.told(reference, value, (agent) => run.processes[agent - 1] ?? `process ${agent}`);
  }

  /** What its object held before the step, and behind it. */
  #moved(entry: number): readonly number[] {
    const { words } = this.#memory;
    const rounded = (words[entry + T.flags] & ENTRY.rounded) !== 0;
    return rounded
      ? (this.#values.read(entry + T.detailTag) as number[])
      : [words[entry + T.before], words[entry + T.after]];
  }

  #detail(run: RunNames, entry: number): string {
    const { words } = this.#memory;
    const kind = words[entry + T.kind];
    const [before, after] = this.#moved(entry).map((value) => this.#told(run, words[entry + T.object], value));
    const moved = (words[entry + T.flags] & ENTRY.moved) !== 0;
    switch (kind) {
      case KIND.read:
        return moved ? `→ ${before}` : "";
      case KIND.write:
        return moved ? `← ${after}` : "";
      case KIND.update:
        return !moved ? "" : before === after ? `stays ${before}` : `${before} → ${after}`;
      case KIND.wait:
        return (words[entry + T.flags] & ENTRY.fellAsleep) !== 0
          ? `while ${before}`
          : moved
            ? `not: it is ${before}`
            : "";
      case KIND.wake:
        return moved ? (words[entry + T.before] === 0 ? "nobody" : `woke ${words[entry + T.before]}`) : "";
      case KIND.copy:
        return `${words[entry + T.byteLength]} bytes`;
      case KIND.file:
      case KIND.socket:
      case KIND.message:
      case KIND.receive:
        return oneLine(String(this.#values.read(entry + T.detailTag) ?? ""), VALUE_LENGTH_MAX);
      case KIND.print:
      case KIND.end:
        return oneLine(String(this.#values.read(entry + T.detailTag)), PRINT_LENGTH_MAX);
      case KIND.throw:
        return `✗ ${oneLine(String(this.#values.read(entry + T.detailTag)), PRINT_LENGTH_MAX)}`;
      default: {
        const value = this.#values.read(entry + T.detailTag);
        const failed = words[entry + T.flags] >> ENTRY.faultShift !== 0;
        return value === undefined ? "" : `${failed ? "✗" : "→"} ${shown(value)}`;
      }
    }
  }
}

const PRINT_LENGTH_MAX = 400;
const VALUE_LENGTH_MAX = 60;

function labelOf(kind: number, object: string | null, part: string, name: string, label: number): string {
  const what = part === "" ? (object ?? "") : `${object} (${part})`;
  switch (kind) {
    case KIND.step:
    case KIND.return:
    case KIND.throw:
      return object === null || kind === KIND.step ? name : `${name} ${object}`;
    case KIND.file:
    case KIND.socket:
    case KIND.message:
    case KIND.receive:
      return name;
    case KIND.start:
      return `begin ${name}`;
    case KIND.wait:
      return `wait for ${what}`;
    case KIND.resume:
      return name !== "" ? name : object === null ? "go on" : `woken at ${what}`;
    case KIND.timeout:
      return `time out at ${what}`;
    case KIND.copy:
      return `${label === 1 ? "copy out of" : "copy into"} ${what}`;
    case KIND.sleep:
      return name === "" ? kindName(kind) : name;
    default:
      return what === "" ? kindName(kind) : `${kindName(kind)} ${what}`;
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return oneLine(value, VALUE_LENGTH_MAX);
  try {
    return oneLine(JSON.stringify(value) ?? String(value), VALUE_LENGTH_MAX);
  } catch {
    return oneLine(String(value), VALUE_LENGTH_MAX);
  }
}

function oneLine(text: string, length: number): string {
  const flat = text.trimEnd().replaceAll("\n", "⏎");
  return flat.length > length ? `${flat.slice(0, length - 1)}…` : flat;
}
