import { expect, test } from "vitest";
import { failureIn, SHOWN_FAILURES } from "./fixtures/shown-failures.ts";

test.each(SHOWN_FAILURES)("the failure in $file is what forkcheck prints, the times aside", async (shown) => {
  const printed = await shown.print();
  expect(timeless(failureIn(shown)), "`npm run failures` writes it anew").toBe(timeless(printed));
});

/** Without how long it took, and where lines break because of that. */
function timeless(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\d.]+ (ms|s)\b/g, "TIME");
}
