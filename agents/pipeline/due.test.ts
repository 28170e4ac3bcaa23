import { expect, it } from "vitest";
import { dueStamps } from "./due";

const moment = new Date("2027-02-01T03:00:00Z");

it("is every stamp after the published one, in order, up to the moment's month", () => {
  expect(dueStamps("v2026.11", moment, null)).toEqual(["v2026.12", "v2027.01", "v2027.02"]);
  expect(dueStamps("v2027.01", moment, null)).toEqual(["v2027.02"]);
});

it("is nothing where the month's stamp is published, and that stamp alone where none is", () => {
  expect(dueStamps("v2027.02", moment, null)).toEqual([]);
  expect(dueStamps("v2027.03", moment, null)).toEqual([]);
  expect(dueStamps(null, moment, null)).toEqual(["v2027.02"]);
});

it("leaves out stamps that end after what the sources know", () => {
  expect(dueStamps("v2026.11", moment, "2026-12-01T00:00:00Z")).toEqual(["v2026.12"]);
  expect(dueStamps("v2026.12", moment, "2026-12-01T00:00:00Z")).toEqual([]);
  expect(dueStamps(null, moment, "2026-12-01T00:00:00Z")).toEqual([]);
});
