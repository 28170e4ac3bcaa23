import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuildResult, buildModels, type Declared, declareTables, readProject } from "@/lib/dbt";
import { openDuckDbWarehouse, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import { sourceTables } from "./sources";
import { buildWorld, truthSql } from "./world";

const end = "2026-11-01T00:00:00Z";
const models = [
  ...["device", "source", "daypart", "weekday", "body", "price_band"].map((by) => `seller_traffic_by_${by}`),
  ...["channel", "body", "price_band"].map((by) => `seller_leads_by_${by}`),
  ...["body", "fuel", "make", "age"].map((by) => `seller_stock_by_${by}`),
  ...["channel", "goal"].map((by) => `seller_campaigns_by_${by}`),
  ...["funnel_ratios", "lead_response", "pricing", "price_moves", "sales"].map((name) => `seller_${name}`),
  ...["subscription", "audience", "buyer_finance", "peers"].map((name) => `seller_${name}`),
];

let folder: string;
let declared: Declared;
let built: BuildResult;
let warehouse: Warehouse;
const rows = async (sql: string) => (await warehouse.query(sql)).rows;
const one = async (sql: string) => Number((await rows(sql))[0]?.[0]);
const conformed = (table: string) => quoteText(path.join(folder, `${table}.parquet`));
const featuresOf = (table: string) => declared.features.filter((f) => f.table === table && !f.isKey);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "seller-tables-"));
  const world = await buildWorld(path.join(folder, "simulated.duckdb"), { sellers: 400, seed: 11 });
  try {
    for (const table of sourceTables) {
      await world.run(`copy (${truthSql(table, end)}) to ${conformed(table.name)}`);
    }
  } finally {
    await world.close();
  }
  const project = await readProject(path.join(process.cwd(), "db", "marts", "auto-marketplace"), {
    conformed: folder,
    ...{ stamp: "v2026.11", end: "2026-11-01 00:00:00" },
  });
  declared = declareTables(project);
  const file = path.join(folder, "mart.duckdb");
  const scratch = await mkdtemp(path.join(folder, "scratch-"));
  const compiledTo = path.join(folder, "compiled");
  built = await buildModels(project, { file, scratch, compiledTo, select: [...models, "sellers"] });
  warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
}, 240_000);
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

const tables = models.map((model) => model.toUpperCase());

describe("the segmented tables of sellers", () => {
  it("hold thousands of features, each with a name and a sentence of its own", () => {
    const features = tables.flatMap(featuresOf);
    expect(features.length).toBeGreaterThan(7000);
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
    expect(new Set(features.map(({ description }) => description)).size).toBe(features.length);
    for (const { name, description } of features) expect(description, name).toMatch(/^[A-Z0-9][^{}]{12,}\.$/);
  });

  it("weigh means by columns that they have", () => {
    for (const table of tables) {
      const names = new Set(featuresOf(table).map(({ name }) => name));
      const weights = featuresOf(table).flatMap(({ weight }) => (weight ? [weight] : []));
      expect(weights.filter((weight) => !names.has(weight))).toEqual([]);
    }
  });

  it("have one row per seller that the entity table knows", () => {
    expect(built.tests.length).toBeGreaterThan(60);
    expect(built.tests.filter(({ status }) => status !== "pass")).toEqual([]);
  });

  it.each(tables)("%s: values vary, promises and shares hold, longer windows count more", async (table) => {
    const features = featuresOf(table);
    const promised = declared.promises.get(table) ?? new Set();
    const cells = await rows(
      `select ${features
        .map(({ name }) => quoteName(name))
        .map((name) => `count(*) - count(${name}), min(${name}), max(${name})`)
        .join(", ")} from ${table}`,
    );
    const measured = features.map((feature, at) => {
      const [nulls, least, greatest] = (cells[0] ?? []).slice(3 * at, 3 * at + 3).map(Number);
      return { ...feature, nulls, least: least ?? 0, greatest: greatest ?? 0 };
    });
    // In so small a world a few rare kinds of car or message happen to be missing.
    const flat = measured.filter(({ least, greatest }) => least === greatest).map(({ name }) => name);
    expect(flat.length / features.length, flat.join(", ")).toBeLessThan(0.03);
    expect(measured.filter(({ name, nulls }) => promised.has(name) && nulls !== 0)).toEqual([]);
    // A price may be raised, so that less than nothing was given up of it.
    const shares = measured.filter(({ unit, name }) => unit === "share" && !given.test(name));
    expect(shares.filter(({ least, greatest }) => least < 0 || greatest > 1)).toEqual([]);
    const falling = nested(features.filter(({ name }) => promised.has(name) && !/^stock_change/.test(name)));
    if (falling.length) {
      expect(await one(`select count(*) from ${table} where ${falling.join(" or ")}`)).toBe(0);
    }
  });

  const given = /^(sale_discount|bargained_off|cut_since_opening)/;

  /** For every count with several windows: that a shorter one has more than the next. */
  function nested(counts: { name: string; windowDays?: number }[]): string[] {
    const longest = new Map<string, string>();
    const ordered = counts
      .filter(({ windowDays }) => windowDays)
      .sort((a, b) => (a.windowDays ?? 0) - (b.windowDays ?? 0));
    return ordered.flatMap(({ name }) => {
      const base = name.replace(/_\d+d$/, "");
      const shorter = longest.get(base);
      longest.set(base, name);
      return shorter ? [`${quoteName(shorter)} > ${quoteName(name)}`] : [];
    });
  }
});

describe("counted again from the sources", () => {
  const recent = (column: string, days: number) =>
    `${column} >= timestamp '${end.slice(0, 10)}' - interval ${days} days`;
  const sumOf = (table: string, pattern: RegExp) => {
    const names = featuresOf(table).filter(({ name }) => pattern.test(name));
    expect(names.length).toBeGreaterThan(2);
    return one(`select sum(${names.map(({ name }) => quoteName(name)).join(" + ")}) from ${table}`);
  };

  it("visits of every way to divide them add up to all visits", async () => {
    const visits = await one(
      `select count(*) from ${conformed("sessions")} where ${recent("started_at", 90)}`,
    );
    for (const by of ["DEVICE", "SOURCE", "DAYPART", "WEEKDAY"]) {
      const shown = await sumOf(`SELLER_TRAFFIC_BY_${by}`, /^visits_(?!growth).*_90d$/);
      expect(shown, by).toBe(visits);
    }
  });

  it("enquiries and cars sold of every way to divide them add up", async () => {
    const enquiries = await one(`select count(*) from ${conformed("leads")} where ${recent("asked_at", 90)}`);
    for (const by of ["CHANNEL", "BODY", "PRICE_BAND"]) {
      const pattern = /^enquiries_(?!answered|in_hour|ignored|local|exchange|per_car).*_90d$/;
      expect(await sumOf(`SELLER_LEADS_BY_${by}`, pattern), by).toBe(enquiries);
    }
    const bodies =
      "cars_sold_hatchback_365d + cars_sold_sedan_365d + cars_sold_suv_365d + cars_sold_mpv_365d";
    const sold = `select sum(${bodies} + cars_sold_luxury_365d), sum(cars_sold_all_365d) from SELLER_SALES`;
    const expected = await one(`select count(*) from ${conformed("listings")}
      where listing_status = 'sold' and ${recent("ended_at", 365)}`);
    expect((await rows(sold))[0]?.map(Number)).toEqual([expected, expected]);
  });

  it("the same cars are on offer however they are divided", async () => {
    const active = await one(`select count(*) from ${conformed("listings")} where listing_status = 'active'`);
    for (const by of ["BODY", "FUEL", "AGE"]) {
      const pattern = /^on_offer_(?!over_\d+d|inspected|boosted|repriced|unasked)/;
      expect(await sumOf(`SELLER_STOCK_BY_${by}`, pattern), by).toBe(active);
    }
  });

  it("growth compares a window with the time as long before", async () => {
    const wrong = await one(`with counted as (
      select seller_id, count(*) filter (${recent("started_at", 30)}) as last,
        count(*) filter (not ${recent("started_at", 30)}) as earlier
      from ${conformed("sessions")} where device = 'app' and ${recent("started_at", 60)} group by seller_id)
      select count(*) from SELLER_TRAFFIC_BY_DEVICE left join counted using (seller_id)
      where visits_growth_app_30d is distinct from round((last - earlier) / nullif(earlier, 0), 5)`);
    expect(wrong).toBe(0);
  });

  it("the median time to the answer is that of the enquiries answered", async () => {
    const wrong = await one(`with timed as (
      select seller_id, median(date_diff('minute', asked_at, answered_at)) as minutes
      from ${conformed("leads")} where channel = 'call' and ${recent("asked_at", 180)} group by seller_id)
      select count(*) from SELLER_LEAD_RESPONSE left join timed using (seller_id)
      where answer_minutes_p50_call_180d is distinct from round(minutes, 5)`);
    expect(wrong).toBe(0);
  });

  it("a mean is unknown exactly where there is nothing to take it of", async () => {
    const wrong = await one(`select count(*) from SELLER_TRAFFIC_BY_DEVICE
      where (seconds_per_visit_desktop_7d is null) <> (visits_desktop_7d = 0)`);
    expect(wrong).toBe(0);
  });

  it("standard scores of a group of peers have mean 0 and standard deviation 1", async () => {
    const groups = await rows(`select avg(z_visits_90d_of_type), stddev_pop(z_visits_90d_of_type)
      from SELLER_PEERS join ${conformed("sellers")} using (seller_id)
      where z_visits_90d_of_type is not null group by seller_type`);
    expect(groups.length).toBeGreaterThan(3);
    for (const [mean, deviation] of groups) {
      expect(Number(mean)).toBeCloseTo(0, 3);
      expect(Number(deviation)).toBeCloseTo(1, 3);
    }
  });
});
