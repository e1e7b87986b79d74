import { parseFootprint, type Footprint } from "../footprint.ts";
import { KIND } from "./kinds.ts";
import { H, type LaneMemory } from "./lane-memory.ts";
import { Names } from "./names.ts";

/** What the steps of a lane on files, servers and other processes touch, by the number that stands in their `byteLength`: the hash of the footprint's text. */
class Footprints {
  readonly #memory: LaneMemory;
  readonly #names: Names;
  readonly #known = new Map<number, Footprint>();
  #epoch = -1;

  constructor(memory: LaneMemory) {
    this.#memory = memory;
    this.#names = new Names(memory);
  }

  text(name: number): string {
    this.#forgetOtherPrograms();
    return this.#names.text(name);
  }

  #forgetOtherPrograms(): void {
    const { words } = this.#memory;
    if (words[H.programVersion] === this.#epoch) return;
    this.#epoch = words[H.programVersion];
    this.#known.clear();
    this.#names.clear();
  }

  of(id: number): Footprint {
    this.#forgetOtherPrograms();
    let footprint = this.#known.get(id);
    if (footprint === undefined) {
      footprint = parseFootprint(this.#names.text(id));
      this.#known.set(id, footprint);
    }
    return footprint;
  }
}

/** What a step touches beyond its object; to be spread into an `AnnouncedStep`. */
export function footprintOf(memory: LaneMemory, kind: number, byteLength: number): { footprint?: Footprint } {
  const has = kind === KIND.file || kind === KIND.socket || kind === KIND.message;
  return has ? { footprint: footprintsOf(memory).of(byteLength) } : {};
}

/** What a step on files is called. */
export function labelText(memory: LaneMemory, label: number): string {
  return footprintsOf(memory).text(label);
}

function footprintsOf(memory: LaneMemory): Footprints {
  let footprints = all.get(memory);
  if (footprints === undefined) {
    footprints = new Footprints(memory);
    all.set(memory, footprints);
  }
  return footprints;
}

const all = new WeakMap<LaneMemory, Footprints>();
