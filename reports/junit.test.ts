import { convert } from "xmlbuilder2";
import { expect, test } from "vitest";
import { oversold, result } from "./fixtures/runs.ts";
import { formatJUnit } from "./junit.ts";

const results = [
  oversold,
  result({ scenario: "ktv & <co>", notes: ["1 worker was replaced"] }),
  result({
    scenario: "broken",
    verdict: "error",
    property: "worker-did-not-start",
    message: "no\nstart \u0000 \u001b",
  }),
];

test("JUnit gets a test case for each scenario, with the terminal's report as the failure's text", () => {
  const xml = formatJUnit(results);
  expect(xml).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="forkcheck" tests="3" failures="1" errors="1"/,
  );
  expect(xml).toContain('<failure type="no-oversell" message="2 tickets sold, 1 in stock">');
  expect(xml).toMatch(/2 +read stock/);
  expect(xml).toContain('<property name="token" value="fc1:ticket-rush:2x1:a1b2c1"/>');
  expect(xml).toContain('name="ktv &amp; &lt;co&gt;"');
});

test("JUnit is XML whatever a program printed", () => {
  const xml = formatJUnit(results);
  expect(() => convert(xml, { format: "object" })).not.toThrow();
  expect(xml).not.toMatch(/\p{Cc}(?<!\n)/u);
});
