/**
 * The part of every region that belongs to the memory itself and not to any shared object: who is there, who waits, and
 * how much has been handed out. It lies behind the bytes that users see, so that clearing those leaves it alone.
 *
 * Nothing here is a scheduling point: it exists in production and in free mode only; under control the engine knows all
 * of it already.
 *
 *   word 0        bytes handed out so far (production arena)
 *   word 1        wait entries in use, or ever used: nobody has to look further
 *   word 16...    AGENTS_MAX agents, of AGENT_WORDS each
 *   then          ENTRIES_MAX wait entries, of ENTRY_WORDS each
 *   at the end    SLEEPERS_MAX counts of blocked threads
 */
export const LOBBY_BYTES = 128 * 1024;

/** Processes that have used objects of one region and were alive at the same time. */
export const AGENTS_MAX = 1024;
/** Pairs of a process and a word on which it awaits; more than these poll. */
export const ENTRIES_MAX = 4096;

export const ALLOCATED = 0;
export const ENTRIES_USED = 1;

const AGENT_WORDS = 8;
export const AGENT_ID = 0;
export const AGENT_PID = 1;
/** When the process started, in clock ticks since the machine did: two words. */
export const AGENT_STARTED_LOW = 2;
export const AGENT_STARTED_HIGH = 3;
/** The file descriptor of its doorbell's writing end, plus 1; 0 while it has none. */
export const AGENT_DOORBELL = 4;
/** 1 from a ring until it is answered: one ring is enough. */
export const AGENT_RUNG = 5;

const ENTRY_WORDS = 4;
/** The agent that waits, 0 if the entry is free. */
export const ENTRY_AGENT = 0;
/** Offset of the word it waits on. */
export const ENTRY_OFFSET = 1;
/** How many of its tasks wait (low half) and how many of those have been granted a wake (high half). */
export const ENTRY_COUNTS = 2;

/** Counts of threads that sleep in the kernel, one for many words: where it is 0, nobody has to be woken. */
const SLEEPERS_MAX = 4096;
const SLEEPERS = LOBBY_BYTES / 4 - SLEEPERS_MAX;

/** Where the sleepers on the word at `offset` are counted, together with those on some other words. */
export function sleepersIndex(offset: number): number {
  return SLEEPERS + ((offset >> 2) & (SLEEPERS_MAX - 1));
}

export function agentIndex(slot: number): number {
  return 16 + slot * AGENT_WORDS;
}

export function entryIndex(entry: number): number {
  return 16 + AGENTS_MAX * AGENT_WORDS + entry * ENTRY_WORDS;
}
