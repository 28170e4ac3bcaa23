import { expect, it } from "vitest";
import { suggestedStamp } from "./read-marts-to-build";

it.each([
  [null, "2026-11-22T00:00:00Z", "v2026.11"],
  [null, "2027-02-01T00:00:00Z", "v2027.02"],
  ["v2026.11", "2026-11-30T23:59:59Z", "v2026.11"],
  ["v2026.11", "2026-12-01T00:00:00Z", "v2026.12"],
  ["v2026.11", "2027-02-01T00:00:00Z", "v2026.12"],
  // As if the clock had been wrong.
  ["v2027.06", "2026-11-22T00:00:00Z", "v2026.11"],
])("of real sources, %s being published, suggests at %s %s, whose END has come", (published, now, stamp) => {
  expect(suggestedStamp({ knownUntil: () => null }, published, new Date(now))).toBe(stamp);
  expect(suggestedStamp({}, published, new Date(now))).toBe(stamp);
});

it.each([
  [null, "2025-01-05T00:00:00Z", "v2026.11"],
  ["v2026.11", "2025-01-05T00:00:00Z", "v2026.12"],
  ["v2026.12", "2027-05-05T00:00:00Z", "v2026.12"],
])(
  "of the simulated sources, %s being published, suggests at %s %s: what they know",
  (published, now, stamp) => {
    const simulated = { knownUntil: () => "2026-12-01T00:00:00Z" };
    expect(suggestedStamp(simulated, published, new Date(now))).toBe(stamp);
  },
);
