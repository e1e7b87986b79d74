import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FAULT_KINDS, type Fault } from "./fault.ts";
import { RequestError } from "./request-error.ts";
import type { RunValue } from "./run-value.ts";
import { decodeToken, encodeToken } from "./token.ts";

const segment = fc
  .record({
    strand: fc.integer({ min: 1, max: 64 * 60 + 63 }),
    fingerprint: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0x7fffffff })),
    occurrence: fc.integer({ min: 1, max: 1000 }),
  })
  .map((made) => (made.fingerprint === 0 ? { ...made, occurrence: 0 } : made));

const fault: fc.Arbitrary<Fault> = fc.record({
  kind: fc.constantFrom(...FAULT_KINDS),
  strand: fc.integer({ min: 1, max: 64 * 60 + 63 }),
  fingerprint: fc.integer({ min: 1, max: 0x7fffffff }),
  occurrence: fc.integer({ min: 1, max: 1000 }),
  ms: fc.integer({ min: -100_000, max: 100_000 }),
});

const runValue: fc.Arbitrary<RunValue> = fc.record(
  {
    input: fc.oneof(fc.jsonValue(), fc.bigInt(), fc.date({ noInvalidDate: true }), fc.constant(undefined)),
    draws: fc.array(fc.array(fc.jsonValue(), { maxLength: 3 }), { maxLength: 3 }),
    schedule: fc.array(segment, { maxLength: 8 }),
    faults: fc.array(fault, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);

describe("a token", () => {
  test("says what was put into it, for any input, draws, schedule and faults", () => {
    fc.assert(
      fc.property(runValue, (value) => {
        const decoded = decodeToken(encodeToken("some-scenario", value));
        expect(decoded.scenario).toBe("some-scenario");
        expect(decoded.value.schedule).toEqual(value.schedule);
        expect(decoded.value.faults).toEqual(value.faults);
        expect(String(JSON.stringify(plain(decoded.value.input)))).toBe(String(JSON.stringify(plain(value.input))));
      }),
    );
  });

  test("has no spaces, and nothing that a shell would take for its own", () => {
    fc.assert(
      fc.property(runValue, (value) => {
        expect(encodeToken("a", value)).toMatch(/^[\w:.~-]+$/);
      }),
    );
  });

  test("that is cut off anywhere is refused, whatever is left of it", () => {
    const token = encodeToken("ticket-rush", {
      input: { tickets: 1 },
      draws: [],
      schedule: [{ strand: 1, fingerprint: 0, occurrence: 0 }],
      faults: [{ kind: "kill", strand: 65, fingerprint: 77, occurrence: 2, ms: 0 }],
    });
    for (let length = 0; length < token.length; length++) {
      expect(() => decodeToken(token.slice(0, length))).toThrow(RequestError);
    }
  });

  test("with one letter changed is refused", () => {
    const token = encodeToken("ticket-rush", {
      input: { tickets: 1 },
      draws: [],
      schedule: [{ strand: 65, fingerprint: 77, occurrence: 2 }],
      faults: [],
    });
    for (let at = 4; at < token.length; at++) {
      const changed = `${token.slice(0, at)}${token[at] === "x" ? "y" : "x"}${token.slice(at + 1)}`;
      expect(() => decodeToken(changed)).toThrow(RequestError);
    }
  });
});

test("a run without faults has the token that it had before there were any", () => {
  const value = {
    input: { tickets: 1 },
    draws: [],
    schedule: [{ strand: 1, fingerprint: 77, occurrence: 2 }],
    faults: [],
  };
  expect(encodeToken("ticket-rush", value)).toBe("fc1:ticket-rush:eyJ0aWNrZXRzIjoxfQ:a25.2_:1tp2eh");
});

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}
