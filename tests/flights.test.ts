import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeatureSet, Selection } from "@/lib/feature-set";
import { closeMarts, openMart } from "@/lib/mart";
import { buildMatrix } from "@/lib/matrix";
import { applyRequest, offlinePlanner } from "@/lib/planner";
import { draftMart, type MartDraft, registerMart } from "@/lib/profile";
import { openSearch } from "@/lib/registry/search";

const data = path.join(import.meta.dirname, "../../shared/data/nycflights13");
const hasData = existsSync(path.join(data, "flights.csv.gz"));
const python = process.env.JUDGE_PYTHON ?? "python3";
const hasJudge = judgeRuns();
const why = !hasData ? " (skipped: no shared data)" : !hasJudge ? " (skipped: no python with polars)" : "";

let dataDir: string;
let draft: MartDraft;

beforeAll(async () => {
  if (!hasData) return;
  dataDir = await mkdtemp(path.join(os.tmpdir(), "flights-"));
  draft = await draftMart({ name: "flights", folder: data, stamp: "v2013.12" });
  await registerMart(draft, { dataDir });
}, 300_000);

afterAll(async () => {
  await closeMarts();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

describe.skipIf(!hasData)(
  `what is inferred from nycflights13${hasData ? "" : " (skipped: no shared data)"}`,
  () => {
    const table = (name: string) => draft.tables.find((t) => t.name === name);

    it("reads every row of every file", () => {
      expect(
        Object.fromEntries(draft.tables.map(({ name, seen }) => [name, [seen?.rows, seen?.refused]])),
      ).toEqual({
        airlines: [16, 0],
        airports: [1458, 0],
        flights: [336_776, 0],
        planes: [3322, 0],
        weather: [26_115, 0],
      });
    });

    it("knows what a row is, what it refers to and when it is true", () => {
      expect(table("flights")).toMatchObject({
        entity: "flight",
        kind: "entity",
        grain: ["carrier", "flight", "time_hour"],
        eventTime: "time_hour",
        keys: [
          { kind: "primary", entity: "flight", columns: ["carrier", "flight", "time_hour"] },
          { kind: "foreign", entity: "airline", columns: ["carrier"] },
          { kind: "foreign", entity: "plane", columns: ["tailnum"] },
          { kind: "foreign", entity: "airport", role: "origin", columns: ["origin"] },
          { kind: "foreign", entity: "airport", role: "dest", columns: ["dest"] },
        ],
      });
      expect(table("weather")).toMatchObject({
        entity: "airport",
        kind: "feature",
        grain: ["origin", "time_hour"],
        keys: [{ kind: "foreign", entity: "airport", columns: ["origin"] }],
        eventTime: "time_hour",
        ttlSeconds: 10_800,
      });
      expect(["airlines", "airports", "planes"].map((name) => table(name)?.grain)).toEqual([
        ["carrier"],
        ["faa"],
        ["tailnum"],
      ]);
      expect(draft.warnings).toEqual([
        "flights: 15 % of the rows with a tailnum have no row in planes",
        "flights: 2 % of the rows with a dest have no row in airports",
      ]);
    });

    it("types every column and takes NA for no value", () => {
      const types = (name: string) =>
        Object.fromEntries(table(name)?.columns.map((column) => [column.name, column.type]) ?? []);
      expect(types("flights")).toMatchObject({
        dep_delay: "integer",
        tailnum: "text",
        time_hour: "timestamp",
      });
      expect(types("weather")).toMatchObject({ temp: "float", wind_dir: "integer", time_hour: "timestamp" });
      const seats = table("planes")?.columns.find(({ name }) => name === "speed");
      expect(seats).toMatchObject({ type: "integer", nullTokens: ["NA"], seen: { nulls: 3299 } });
      expect(draft.tables.flatMap(({ columns }) => columns).some(({ pii }) => pii)).toBe(false);
      const years = draft.tables.flatMap(({ columns }) => columns.filter(({ name }) => name === "year"));
      expect(new Set(years.map(({ description }) => description)).size).toBe(3);
    });

    it("takes the year a plane was made for its age, and the year of a flight or an observation for none", () => {
      expect(draft.tables.flatMap(({ name, derived = [] }) => derived.map((one) => [name, one]))).toEqual([
        ["planes", expect.objectContaining({ name: "age", kind: "years_since", column: "year" })],
      ]);
    });
  },
);

describe.skipIf(why !== "")(
  `the flights matrix agrees with the judge, cell by cell${why}`,
  { timeout: 300_000 },
  () => {
    const observed = [
      "temp",
      "dewp",
      "humid",
      "wind_dir",
      "wind_speed",
      "wind_gust",
      "precip",
      "pressure",
      "visib",
    ];
    const weather: Selection = { table: "weather", features: observed, path: "origin", delaySeconds: 3600 };
    const planes: Selection = { table: "planes", features: ["seats", "age"] };
    const airlines: Selection = { table: "airlines", features: ["name"] };

    const sentence =
      "for each flight out of JFK, weather at the origin an hour before departure, the plane's age and seats, the airline's name";

    it(`“${sentence}”`, async () => {
      const featureSet = await planned("flights", sentence);
      expect(featureSet).toMatchObject({
        spine: { kind: "population", entity: "flight" },
        filters: [{ table: "flights", column: "origin", operator: "in", values: ["JFK"] }],
        selections: [weather, planes, airlines],
      });
      const { report, verdict } = await judged(featureSet, data, "JFK");
      expect(verdict).toMatchObject({
        rows: 111_279,
        expectedRows: 111_279,
        distinct: 111_279,
        wrong: 0,
        examples: [],
      });
      expect(verdict.columns).toHaveLength(12);
      expect(verdict.cells).toBe(111_279 * 12);
      expect(report.duplicateKeys).toBe(0);
      expect(matchedOf(report)).toEqual(verdict.matched);
      // The join is no formality: some planes are unknown, some hours have no weather.
      expect(verdict.matched.planes).toBeLessThan(111_279);
      expect(verdict.matched.weather).toBeGreaterThan(100_000);
      expect(verdict.matched.weather).toBeLessThan(111_279);
    });

    it("the same in a filter: only planes older than ten years at the flight's time", async () => {
      const featureSet = await planned("flights", `${sentence}, only planes older than 10 years`);
      expect(featureSet.filters).toContainEqual({
        table: "planes",
        column: "age",
        operator: "gt",
        values: [10],
      });
      const { verdict } = await judged(featureSet, data, "JFK", { olderThan: 10 });
      expect(verdict).toMatchObject({ wrong: 0, examples: [] });
      expect(verdict.rows).toBe(verdict.expectedRows);
      expect(verdict.rows).toBeGreaterThan(10_000);
    });

    it("the same on data with repeated and missing hours, with both airports of each flight", async () => {
      const { folder, repeated } = await damagedCopy();
      await registerMart({ ...draft, name: "damaged", folder }, { dataDir });
      const asSaid = await judged(await planned("damaged", sentence), folder, "JFK");
      expect(asSaid.verdict).toMatchObject({ wrong: 0, examples: [] });
      expect(asSaid.verdict.rows).toBe(asSaid.verdict.expectedRows);
      expect(asSaid.verdict.columns).toContain("age");
      const featureSet: FeatureSet = {
        ...(await planned("damaged", sentence)),
        names: "full",
        filters: [],
        selections: [
          weather,
          { ...weather, path: "dest", alias: "weather_dest", features: ["temp", "pressure"] },
          { table: "planes", features: ["year", "seats", "age"] },
          airlines,
          { table: "airports", path: "origin", alias: "airport_origin", features: ["name", "lat"] },
          { table: "airports", path: "dest", alias: "airport_dest", features: ["name", "alt", "tzone"] },
        ],
      };
      const { report, verdict } = await judged(featureSet, folder, null);
      expect(verdict).toMatchObject({ rows: 20_000, expectedRows: 20_000, wrong: 0, examples: [] });
      expect(verdict.columns).toHaveLength(20);
      // Years that were lost or are still to come leave no age.
      const nulls = Object.fromEntries(report.nulls.map(({ column, nulls: count }) => [column, count]));
      expect(nulls.planes__age).toBeGreaterThan((nulls.planes__year ?? 0) + 100);
      expect(nulls.planes__year).toBeGreaterThan((nulls.planes__seats ?? 0) + 100);
      expect(matchedOf(report)).toEqual(verdict.matched);
      const byAlias = Object.fromEntries(report.joins.map((join) => [join.alias, join]));
      expect(byAlias.weather?.rightDuplicates).toBe(repeated);
      expect(byAlias.weather?.ties).toBe(verdict.ties.weather);
      expect(verdict.ties.weather).toBeGreaterThan(100);
      expect(verdict.matched.weather).toBeLessThan(19_000);
      expect(verdict.matched.airport_dest).toBeLessThan(20_000);
    });
  },
);

type Report = Awaited<ReturnType<typeof buildMatrix>>["report"];

function matchedOf(report: Report): Record<string, number> {
  return Object.fromEntries(report.joins.map(({ alias, matched }) => [alias, matched]));
}

/** What the offline planner makes of a message. */
async function planned(mart: string, message: string): Promise<FeatureSet> {
  const { registry, scratchDirectory } = await openMart(mart, { dataDir });
  const search = await openSearch({ registry, directory: scratchDirectory, embeddings: { maker: "latent" } });
  const { request } = await offlinePlanner().plan(message, { registry, search, featureSet: null });
  expect(request).toMatchObject({ intent: "build", unresolved: [] });
  return applyRequest({ request, featureSet: null, registry }).featureSet;
}

async function judged(
  featureSet: FeatureSet,
  folder: string,
  origin: string | null,
  { olderThan }: { olderThan?: number } = {},
) {
  const { registry, warehouse, scratchDirectory } = await openMart(featureSet.mart, { dataDir });
  const { plan, report, parquetPath } = await buildMatrix({
    featureSet,
    registry,
    warehouse,
    scratchDirectory,
  });
  const { stdout } = await promisify(execFile)(python, [
    path.join(import.meta.dirname, "judges/flights.py"),
    folder,
    parquetPath,
    plan.columns.flatMap(({ role, name: column }) => (role === "feature" ? [column] : [])).join(),
    origin ?? "",
    ...(olderThan === undefined ? [] : [String(olderThan)]),
  ]);
  return { report, verdict: JSON.parse(stdout) as Verdict };
}

interface Verdict {
  rows: number;
  expectedRows: number;
  distinct: number;
  columns: string[];
  cells: number;
  nulls: number;
  matched: Record<string, number>;
  ties: Record<string, number>;
  wrong: number;
  examples: string[][];
}

/**
 * The first 20,000 flights; weather with hours missing for half a day and hours repeated with other values, in no order;
 * planes of which every fifth has no year and every seventh one that is still to come.
 */
async function damagedCopy(): Promise<{ folder: string; repeated: number }> {
  const folder = await mkdtemp(path.join(dataDir, "damaged-"));
  for (const file of ["airlines.csv", "airports.csv"]) {
    await copyFile(path.join(data, file), path.join(folder, file));
  }
  const planes = (await readFile(path.join(data, "planes.csv"), "utf8")).trim().split("\n");
  const years = planes.map((line, index) => {
    const year = index === 0 ? null : index % 5 === 0 ? "NA" : index % 7 === 0 ? "2014" : null;
    return year === null ? line : line.replace(/^([^,]*),[^,]*/, `$1,${year}`);
  });
  await writeFile(path.join(folder, "planes.csv"), `${years.join("\n")}\n`);
  const flights = gunzipSync(await readFile(path.join(data, "flights.csv.gz")))
    .toString("utf8")
    .split("\n");
  await writeFile(path.join(folder, "flights.csv.gz"), gzipSync(`${flights.slice(0, 20_001).join("\n")}\n`));
  const [header, ...lines] = (await readFile(path.join(data, "weather.csv"), "utf8")).trim().split("\n");
  const kept = lines.filter((_, index) => index % 60 >= 12);
  const repeats = kept
    .filter((_, index) => index % 9 === 0)
    .map((line, index) => {
      const cells = line.split(",");
      cells[5] = index % 3 === 0 ? "NA" : index % 3 === 1 ? String(Number(cells[5]) + 1) : (cells[5] ?? "");
      cells[6] = "99.5";
      return cells.join(",");
    });
  await writeFile(path.join(folder, "weather.csv"), `${[header, ...repeats, ...kept].join("\n")}\n`);
  return { folder, repeated: repeats.length };
}

function judgeRuns(): boolean {
  try {
    execFileSync(python, ["-c", "import polars"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
