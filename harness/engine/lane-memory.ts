import { FAULTS_MAX } from "../fault.ts";
import type { Region } from "../../primitives/memory/region.ts";

/**
 * The memory of a lane: one region that its conductor and its workers share, and in it everything that scheduling and
 * recording need. This file owns where things are; nothing else computes an offset.
 *
 * All of it is plain integers and doubles, because the process that holds the baton runs the scheduler's code, and the
 * next decision may be taken by another process.
 */
export class LaneMemory {
  readonly region: Region;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;

  constructor(region: Region) {
    this.region = region;
    this.words = region.words;
    this.doubles = region.doubles;
    this.bytes = region.bytes;
  }
}

/** Limits of a lane; reaching one of them is a verdict with its name, never a hang or a wrong answer. */
export const LIMITS = {
  /** Processes of one run. */
  processesMax: 64,
  /** Steps of one process that wait at the same time: pending awaits, and the one it is blocked in. */
  strandsMax: 64,
  /** Entries of a trace: steps, and the events between them. */
  entriesMax: 200_000,
  /** Operations of a history. */
  operationsMax: 50_000,
  /** Bytes of texts and values in one run: arguments, results, prints. */
  textBytesMax: 8 << 20,
  /** Names of steps, operations, files and short results in one scenario. */
  namesMax: 4096,
  nameBytesMax: 256 << 10,
  /** Bytes of a run's input, drawn values and schedule, each. */
  inputBytesMax: 1 << 20,
  scheduleMax: 200_000,
  drawsMax: 4096,
  /** Files and folders of one run, the ones that it has removed not counted. */
  inodesMax: 4096,
  /** Processes and threads that the program of one run starts itself. */
  childrenMax: 16,
  /** What these and their parents tell each other in one run. */
  mailsMax: 1 << 14,
  /** Objects in the arena that have a name. */
  objectsMax: 4096,
  /** Room for the lists of candidates of one run, where a search asks for them. */
  candidatesMax: 1 << 20,
  /** Accesses without a step of their own in one run, where a search asks for them. */
  asidesMax: 1 << 16,
} as const;

/** A strand's number is its process, shifted by so many bits, and its task: strandsMax is 2 to this power. */
export const STRAND_BITS = 6;

/** Words of the header, by index. */
export const H = {
  magic: 0,
  /** What a worker is to do when its turn comes: see COMMAND. */
  command: 1,
  /** Counts the programs loaded so far; the worker's own count says whether it has loaded the latest. */
  programVersion: 2,
  /** Counts the inputs prepared so far: a worker decodes the input once. */
  inputVersion: 3,
  inputLength: 4,
  run: 5,
  /** 1 while a run is being cut off: every scheduling point throws. */
  aborting: 6,
  processes: 7,
  strategy: 8,
  entries: 9,
  /** Steps granted in this run. */
  steps: 10,
  stepsMax: 11,
  /** Of these, the ones with more than one candidate. */
  choices: 12,
  switches: 13,
  preemptions: 14,
  /** How the run ended: see ENDING. */
  ending: 15,
  endingProcess: 16,
  /** The strand that took the last step, or -1. */
  lastStrand: 17,
  textUsed: 18,
  operations: 19,
  draws: 20,
  presetLength: 21,
  scheduleLength: 22,
  schedulePosition: 23,
  /** The entry at which the schedule no longer matched the program, or 0. */
  divergedAt: 24,
  names: 25,
  nameBytes: 26,
  waitSequence: 27,
  /** 1: record where in the user's code each step was taken. */
  recordSource: 28,
  random: 29, // 4 words
  drawSeed: 33,
  /** 1: free mode, nobody holds the baton. */
  free: 34,
  freeSeed: 35,
  delayMicrosMax: 36,
  finished: 37,
  arenaUsed: 38,
  arenaDigest: 39,
  objectCount: 40,
  /** Counts everything that moves; the watchdog looks whether it does. */
  progress: 41,
  programLength: 42,
  /** 1: keep the list of candidates of each step. */
  keepCandidates: 43,
  candidatesUsed: 44,
  /** The process that is being started; processes are started one after the other before the first step. */
  starting: 45,
  /** The pid of who is adding a name, or 0. */
  namesLock: 46,
  /** 1: beyond the preset values, the smallest is drawn. */
  drawSmallest: 47,
  /** Entries of the inode table that have been in use in this run: see node/inodes.ts. */
  inodes: 48,
  /** What the program has used that is not under control: bits, see node/beyond.ts. */
  beyond: 49,
  /** 1: in this run a file may have several names, so that names do not tell what steps on files touch. */
  aliased: 50,
  /** Faults planned for this run. */
  faults: 51,
  /** Of these, the ones whose step has been announced. */
  armed: 52,
  /** Processes that faults have killed in this run. */
  deaths: 53,
  /** 1: who is killed dies of a signal; 0: it is never scheduled again, which nobody in the lane's memory can tell from it. */
  signals: 54,
  /** Processes that are to get a signal and have not yet. */
  doomed: 55,
  /** Processes that take part from the beginning; the others begin when one is restarted. */
  starters: 56,
  /** 1: write down accesses without a step of their own. */
  recordAsides: 57,
  /** How many there are; more than `asidesMax` if some had no room. */
  asides: 58,
  /** The strand whose turn it was where the schedule no longer matched the program. */
  divergedStrand: 59,
  /** 1: a process has been connected to a server in this run. */
  servers: 60,
  /** 1: what was done at a server last may have brought something to others who are connected. */
  touched: 61,
  /** The agent that wants to know whether a parked process has heard from a server, + 1; 0: nobody does. */
  asking: 62,
  /** How long that one is to listen, in milliseconds. */
  askingMs: 63,
  /** 1: nobody has heard from a server for as long as that is waited for, and nobody can move. */
  silent: 64,
  /** The name of a native addon that the program has loaded. */
  addon: 65,
  /** 1: a server that is silent, while nobody can move, is given long to answer. */
  patient: 66,
  /** Of `processes`, as many as the run is asked for: the starters, and one for each that is to begin a dead one's role anew. */
  planned: 67,
  /** What processes that the program has started and their parents have told each other in this run. */
  mails: 68,
  /** 1: somebody has slept in this run with a limit of time, or for a time, so that virtual time may pass. */
  timed: 69,
  /** How many steps had been taken when the last one was over that changed something. */
  changedAt: 70,
} as const;

/** Doubles of the header, by index into the doubles that follow the header's words. */
export const D = {
  /** Virtual time in milliseconds since the run began. */
  clock: 0,
  /** The strategy's own time, which only orders steps. */
  strategyClock: 1,
  /** How far the wall clock has jumped, in milliseconds. */
  wallOffset: 2,
} as const;

export const COMMAND = { none: 0, run: 1, load: 2, quit: 3 } as const;

export const ENDING = {
  none: 0,
  finished: 1,
  deadlock: 2,
  stepLimit: 3,
  textLimit: 4,
  /** The strategy wants no further step of this run: nothing new would come of it. */
  pruned: 5,
  /** A process built other shared objects than the conductor did. */
  sharedDiffers: 6,
  /** A process could not be started: its input or its `shared` failed there. */
  startFailed: 7,
  /** A process did what cannot be brought under control. */
  refused: 8,
  /** The program starts one process more than there are workers for: the run is to be done again with another one. */
  crowded: 9,
} as const;

/** Words of a process's record. */
export const P = {
  state: 0,
  /** The trace entry at which a fault killed it, or 0. */
  diedAt: 1,
  /** 1 while its JavaScript stack is blocked in a step: only that one may be granted. */
  blockedStack: 2,
  /** The strand whose code is running, 1 ... strandsMax - 1. */
  strand: 3,
  steps: 4,
  /** The highest strand in use. */
  strandsUsed: 5,
  /** The fault that holds it up, + 1; 0 if none does. */
  paused: 6,
  endTag: 7,
  endPayload: 8,
  /** Entry of its last step, for stamping operations. */
  lastEntry: 9,
  /** First operation whose invocation is not stamped yet, + 1; 0 if there is none. */
  unstamped: 10,
  layoutDigest: 11,
  depth: 12,
  openOperations: 13,
  /** Processes with the same number play the same role. */
  role: 14,
  /** A signal for its worker: see SIGNAL. */
  signal: 15,
  /** The process whose role it begins anew, + 1; 0 if it is there from the beginning. */
  restartOf: 16,
  /** The name of a server that it listens to, with nothing heard yet; 0 if there is none. */
  server: 17,
  /** The process that has started it, + 1; 0 for those of the scenario. */
  parent: 18,
  /** The trace entry of the step by which it was started. */
  bornAt: 19,
  /** A value: what it is to run. */
  programTag: 20,
  programPayload: 21,
  /** 1 while it and its parent can send each other messages. */
  linked: 22,
  /** Signals that it has a handler for, as bits; of a thread, in bit 0, whether its parent wants to hear that it has begun. */
  handled: 23,
  /** What it is called, as a name. */
  title: 24,
  /** Its number among the threads of its process, from 1; 0 if it is no thread. */
  thread: 25,
  /** Of a thread, a value: what it was given besides its program. */
  dataTag: 26,
  dataPayload: 27,
  /** Steps in vain that it has taken since `changedAt` was `looksSince`: see standstill.ts. */
  looks: 28,
  looksSince: 29,
} as const;

export const SIGNAL = { none: 0, due: 1, sent: 2 } as const;

export const PROCESS = {
  absent: 0,
  live: 1,
  finished: 2,
  threw: 3,
  exited: 4,
  killed: 5,
  /** It waits for something real that no step of the run brings about. */
  outside: 6,
} as const;

/** Words of a pending step. Strand 0 of each process is the one that its blocked stack is in. */
export const S = {
  state: 0,
  kind: 1,
  /** Offset of the word, or a name's hash made negative, or 0. */
  object: 2,
  /** Position among those that wait for the same word; of a guarded step, the value that the word must hold. */
  order: 3,
  /** Word 4 and 5: its deadline, or when it wakes up, as a double. */
  deadline: 4,
  label: 6,
  /** Bytes of a copy; what a step of the user's does to its object; of a step on files or servers, its footprint's name. */
  byteLength: 7,
  /** So many deaths of others had been when it was last woken because of one. */
  deaths: 8,
} as const;

export const STRAND = {
  free: 0,
  /** Announced, and free to go. */
  ready: 1,
  /** Waits for a wake of its word. */
  waiting: 2,
  /** Waits for its time. */
  sleeping: 3,
  /** Announced, and free to go while its word holds a certain value. */
  guarded: 4,
  /** Waits for something from a process that the program has started, or from its parent. */
  listening: 5,
} as const;

/** Words of a trace entry. */
export const T = {
  kind: 0,
  process: 1,
  strand: 2,
  object: 3,
  before: 4,
  after: 5,
  time: 6, // a double
  label: 8,
  /** Bits: see ENTRY. */
  flags: 9,
  detailTag: 10,
  detailPayload: 11,
  operation: 12,
  source: 13,
  candidates: 14,
  byteLength: 15,
} as const;

/** Behind the bits stands the fault that befell the step, from bit `faultShift` on. */
export const ENTRY = {
  choice: 1,
  switched: 2,
  preempted: 4,
  moved: 8,
  fellAsleep: 16,
  guarded: 32,
  /** Behind the step its process looked whether another one lives. */
  looked: 64,
  /** An update turned out to be a look. */
  unchanged: 128,
  /** What the object held, or holds now, is no integer of 32 bits: `before` and `after` are without what has no room there. */
  rounded: 256,
  faultShift: 9,
} as const;

/** Words of a fault: see harness/fault.ts. */
export const F = {
  /** Place in FAULT_KINDS, + 1. */
  kind: 0,
  /** The strand that it is for; of a fault that is yet to find its step, the process. */
  strand: 1,
  fingerprint: 2,
  occurrence: 3,
  /** From 1; 0 if it is keyed by fingerprint and occurrence. */
  atStep: 4,
  /** Steps with its fingerprint that its strand has taken. */
  seen: 5,
  state: 6,
  /** The trace entry at which it struck. */
  entry: 7,
  ms: 8, // a double
  /** Virtual time at which what it holds up may go on. */
  until: 10, // a double
} as const;

export const FAULT = { planned: 0, armed: 1, struck: 2 } as const;

/** What passes between a process that the program has started and its parent: one queue each, and words of a queue. */
export const QUEUE = {
  /** To the child: messages, and that nobody is there any more to send some. */
  down: 0,
  /** The same to the parent; from a thread, all that it says, its end at last. */
  up: 1,
  /** To the parent: how the child has ended. */
  exit: 2,
  /** To the child: signals. */
  signal: 3,
  /** To the parent: what the child has written to its standard output and error. */
  out: 4,
  err: 5,
} as const;

export const Q = {
  /** The oldest mail that was not taken, and the last one; 0 if there is none. */
  first: 0,
  last: 1,
  /** The task that waits for mail; 0 if none does. */
  task: 2,
} as const;

/** Words of a mail. */
export const M = {
  /** See MAIL. */
  kind: 0,
  /** A value; how a process has ended: status and signal. */
  tag: 1,
  payload: 2,
  /** The trace entry of the step that it comes from. */
  entry: 3,
  /** The one behind it in its queue. */
  next: 4,
} as const;

export const MAIL = {
  message: 1,
  /** Nothing more will come. */
  end: 2,
  exit: 3,
  signal: 4,
  /** The error that a thread has ended by. */
  error: 5,
  /** A thread has begun. */
  online: 6,
} as const;

/** Words of an access without a step of its own. */
export const A = {
  /** The trace entry of the step that it goes with. */
  entry: 0,
  offset: 1,
  /** Below 0 if it writes. */
  byteLength: 2,
  mask: 3,
} as const;

/** Words of an operation. */
export const O = {
  process: 0,
  name: 1,
  object: 2,
  depth: 3,
  invoked: 4,
  returned: 5,
  outcome: 6,
  argsTag: 7,
  argsPayload: 8,
  resultTag: 9,
  resultPayload: 10,
  nextUnstamped: 11,
} as const;

export const OUTCOME = { pending: 0, returned: 1, threw: 2 } as const;

export const SIZES = {
  headerWords: 80,
  headerDoubles: 8,
  processWords: 30,
  strandWords: 10,
  entryWords: 16,
  operationWords: 12,
  drawWords: 4,
  nameWords: 4,
  faultWords: 12,
  asideWords: 4,
  /** First byte, byte after the last, hash of the name. */
  objectWords: 4,
  inodeWords: 12,
  queueWords: 3,
  mailWords: 5,
  /** Doubles that a strategy may use as it likes. */
  strategyDoubles: 16_384,
} as const;

/** Queues of one process: see QUEUE. */
export const QUEUES = 6;

/** Byte offsets of the parts. Each begins on a page, so that untouched parts cost nothing. */
export const PARTS = layOut([
  ["header", SIZES.headerWords * 4],
  ["headerDoubles", SIZES.headerDoubles * 8],
  ["turns", (LIMITS.processesMax + 1) * 4],
  ["loaded", LIMITS.processesMax * 4],
  ["pids", LIMITS.processesMax * 4],
  ["processes", LIMITS.processesMax * SIZES.processWords * 4],
  ["strands", LIMITS.processesMax * LIMITS.strandsMax * SIZES.strandWords * 4],
  ["faults", FAULTS_MAX * SIZES.faultWords * 4],
  ["strategy", SIZES.strategyDoubles * 8],
  ["program", 1 << 16],
  ["input", LIMITS.inputBytesMax],
  ["preset", LIMITS.inputBytesMax],
  ["schedule", LIMITS.scheduleMax * 4],
  ["candidates", LIMITS.candidatesMax * 4],
  ["objects", LIMITS.objectsMax * SIZES.objectWords * 4],
  ["inodes", LIMITS.inodesMax * SIZES.inodeWords * 4],
  ["queues", LIMITS.processesMax * QUEUES * SIZES.queueWords * 4],
  ["mails", LIMITS.mailsMax * SIZES.mailWords * 4],
  ["names", LIMITS.namesMax * SIZES.nameWords * 4],
  ["nameBytes", LIMITS.nameBytesMax],
  ["draws", LIMITS.drawsMax * SIZES.drawWords * 4],
  ["operations", LIMITS.operationsMax * SIZES.operationWords * 4],
  ["trace", LIMITS.entriesMax * SIZES.entryWords * 4],
  ["asides", LIMITS.asidesMax * SIZES.asideWords * 4],
  ["text", LIMITS.textBytesMax],
] as const);

/** Offset of the first byte of the arena, where the scenario's shared objects live. */
export const ARENA_START = PARTS.end;

export const MAGIC = 0x666b6331;

type Part = (typeof PART_NAMES)[number];
const PART_NAMES = [
  "header",
  "headerDoubles",
  "turns",
  "loaded",
  "pids",
  "processes",
  "strands",
  "faults",
  "strategy",
  "program",
  "input",
  "preset",
  "schedule",
  "candidates",
  "objects",
  "inodes",
  "queues",
  "mails",
  "names",
  "nameBytes",
  "draws",
  "operations",
  "trace",
  "asides",
  "text",
] as const;

function layOut(parts: readonly (readonly [Part, number])[]): Record<Part | "end", number> {
  const offsets: Record<string, number> = {};
  let next = 0;
  for (const [name, bytes] of parts) {
    offsets[name] = next;
    next += Math.ceil(bytes / 4096) * 4096;
  }
  offsets.end = next;
  return offsets;
}
