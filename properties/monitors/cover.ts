/**
 * The fewest of `count` spans (from `start(k)` up to but not including `end(k)`) that cover `first` to `last`: from what is
 * not covered yet, always the span that reaches farthest. Empty if they leave a hole. O(count) for each span chosen.
 */
export function coveringChain(
  count: number,
  start: (k: number) => number,
  end: (k: number) => number,
  first: number,
  last: number,
): number[] {
  const chain: number[] = [];
  for (let at = first; at <= last;) {
    let best = -1;
    for (let k = 0; k < count; k += 1) {
      if (start(k) <= at && end(k) > at && (best === -1 || end(k) > end(best))) best = k;
    }
    if (best === -1) return [];
    chain.push(best);
    at = end(best);
  }
  return chain;
}
