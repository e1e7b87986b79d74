/**
 * Where things lie in `choice.state`: what a strategy remembers within one run comes first and may be overwritten by any
 * other strategy's next run; the profile and the watch over spinning have places of their own behind it.
 */
export const PLACES = {
  /** A strategy's own, as it likes. */
  own: 0,
  /** What the profile run of a block counted: see profile.ts. */
  profile: 9216,
  /** See spinning.ts. */
  spinning: 15_872,
  end: 16_384,
} as const;

/** Strands there can be at most: 64 processes with 64 tasks each. */
export const STRANDS_MAX = 4096;
export const PROCESSES_MAX = 64;
