import { describe, expect, it } from "vitest";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { begunAt, buildOfSchema, newBuild, schemaOf, stagingPrefix } from "./names";

const settings = { database: "ANALYTICS_DB", schema: "feature_mart" } as SnowflakeSettings;
const name = { mart: "auto-marketplace", stamp: "v2026.11", build: "20261101T093000-5F3A9C" };

describe("a build's schema", () => {
  it("says what it is, in a plain identifier that nobody has to quote", () => {
    expect(schemaOf(settings, name)).toBe("FEATURE_MART__AUTO_MARKETPLACE__V2026_11__20261101T093000_5F3A9C");
  });

  it.each(["auto-marketplace", "a", "a-1-b", "x".repeat(41)])("leads back to the build: %s", (mart) => {
    const made = newBuild(mart, "v2026.01");
    expect(buildOfSchema(settings, schemaOf(settings, made))).toEqual(made);
  });

  it.each([
    "FEATURE_MART",
    "INFORMATION_SCHEMA",
    "FEATURE_MART__NOTES",
    "FEATURE_MART2__AUTO_MARKETPLACE__V2026_11__20261101T093000_5F3A9C",
    "OTHER__AUTO_MARKETPLACE__V2026_11__20261101T093000_5F3A9C",
    "FEATURE_MART__AUTO_MARKETPLACE__V2026_11__20261101T093000_5F3A9C_COPY",
  ])("is not any other, which is left alone: %s", (schema) => {
    expect(buildOfSchema(settings, schema)).toBeNull();
  });
});

describe("a build", () => {
  it("says when it was begun", () => {
    const now = new Date("2026-11-01T09:30:00.789Z");
    expect(begunAt(newBuild("m", "v2026.11", now))).toBe(Date.parse("2026-11-01T09:30:00Z"));
    expect(begunAt(name)).toBe(Date.parse("2026-11-01T09:30:00Z"));
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 50 }, () => newBuild("m", "v2026.11").build)).size).toBe(50);
  });

  it("is staged under its stamp", () => {
    expect(stagingPrefix(name)).toBe("marts/auto-marketplace/v2026.11/load-20261101T093000-5F3A9C");
  });
});
