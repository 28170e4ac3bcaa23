import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuildResult, buildModels, type Declared, declareTables, readProject } from "@/lib/dbt";
import { openDuckDbWarehouse, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import { sourceTables } from "./sources";
import { buildWorld, truthSql } from "./world";

// Late enough for cars that are too old for the mart.
const end = "2026-12-01T00:00:00Z";
const models = [
  ...["traffic", "demand", "price_position", "quality"].map((name) => `listing_${name}`),
  ...["browsing", "interests", "intent", "enquiries", "credit", "affordability"].map(
    (name) => `buyer_${name}`,
  ),
  ...["reach", "return"].map((name) => `campaign_${name}`),
  ...["body", "fuel", "age", "make"].map((by) => `city_supply_by_${by}`),
  ...["body", "price_band", "source"].map((by) => `city_demand_by_${by}`),
  ...["sales", "enquiries", "buyers", "seller_mix", "loan_market"].map((name) => `city_${name}`),
  ...["property", "fuel_costs", "places"].map((name) => `city_${name}`),
  ...["supply", "demand", "sales", "enquiries", "buyers", "seller_mix"].map((name) => `area_${name}`),
  ...["poi_mix", "access", "property_trends"].map((name) => `area_${name}`),
];
const entities = ["sellers", "cities", "areas", "listings", "buyers", "campaigns"];

let folder: string;
let declared: Declared;
let built: BuildResult;
let warehouse: Warehouse;
const rows = async (sql: string) => (await warehouse.query(sql)).rows;
const one = async (sql: string) => Number((await rows(sql))[0]?.[0]);
const conformed = (table: string) => quoteText(path.join(folder, `${table}.parquet`));
const featuresOf = (table: string) => declared.features.filter((f) => f.table === table && !f.isKey);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "other-tables-"));
  const world = await buildWorld(path.join(folder, "simulated.duckdb"), { sellers: 300, seed: 12 });
  try {
    for (const table of sourceTables) {
      await world.run(`copy (${truthSql(table, end)}) to ${conformed(table.name)}`);
    }
  } finally {
    await world.close();
  }
  const project = await readProject(path.join(process.cwd(), "db", "marts", "auto-marketplace"), {
    conformed: folder,
    ...{ stamp: "v2026.12", end: "2026-12-01 00:00:00" },
  });
  declared = declareTables(project);
  const file = path.join(folder, "mart.duckdb");
  const scratch = await mkdtemp(path.join(folder, "scratch-"));
  const compiledTo = path.join(folder, "compiled");
  built = await buildModels(project, { file, scratch, compiledTo, select: [...models, ...entities] });
  warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
}, 240_000);
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

const tables = models.map((model) => model.toUpperCase());

describe("the tables of listings, buyers, campaigns, cities and areas", () => {
  it("hold thousands of features, each with a name and a sentence of its own", () => {
    const features = tables.flatMap(featuresOf);
    expect(features.length).toBeGreaterThan(8000);
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

  it("have one row per entity that its own table knows", () => {
    expect(built.tests.length).toBeGreaterThan(120);
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
    expect(measured.filter(({ least, greatest }) => !Number.isFinite(least + greatest))).toEqual([]);
    // In so small a world a few rare kinds of car, loan or day happen to be missing.
    const flat = measured.filter(({ least, greatest }) => least === greatest).map(({ name }) => name);
    expect(flat.length / features.length, flat.join(", ")).toBeLessThan(0.03);
    expect(measured.filter(({ name, nulls }) => promised.has(name) && nulls !== 0)).toEqual([]);
    const shares = measured.filter(({ unit, name }) => unit === "share" && !bargained.test(name));
    expect(shares.filter(({ least, greatest }) => least < 0 || greatest > 1)).toEqual([]);
    const falling = nested(features.filter(({ name }) => promised.has(name)));
    if (falling.length) {
      expect(await one(`select count(*) from ${table} where ${falling.join(" or ")}`)).toBe(0);
    }
  });

  // A buyer may pay more than was asked last.
  const bargained = /_bargained_off_/;

  /** For every count with several windows: that a shorter one has more than the next. */
  function nested(counts: { name: string; windowDays?: number; aggregation?: string }[]): string[] {
    const longest = new Map<string, string>();
    const ordered = counts
      .filter(({ windowDays, aggregation }) => windowDays && aggregation === "sum")
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
  const cars = "listings";

  it("the cars of a city are the same however they are divided, and an area's are among them", async () => {
    const known = `${conformed(cars)} where city_id is not null`;
    const active = await one(`select count(*) from ${known} and listing_status = 'active'`);
    const listed = await one(`select count(*) from ${known} and ${recent("listed_at", 90)}`);
    for (const by of ["BODY", "FUEL", "AGE"]) {
      expect(await sumOf(`CITY_SUPPLY_BY_${by}`, /^city_on_offer_/), by).toBe(active);
      expect(await sumOf(`CITY_SUPPLY_BY_${by}`, /^city_listed_[a-z0-9]+(_to_\w+y|_\d+y)?_90d$/), by).toBe(
        listed,
      );
    }
    expect(await one("select sum(area_on_offer_all) from AREA_SUPPLY")).toBe(
      await one(`select count(area_id) from ${conformed(cars)} where listing_status = 'active'`),
    );
  });

  it("cars sold, enquiries and visits of every part add up to the whole", async () => {
    const bodies = ["hatchback", "sedan", "suv", "mpv", "luxury"];
    const parts = (name: (body: string) => string) => bodies.map(name).join(" + ");
    for (const [table, part, whole] of [
      ["CITY_SALES", parts((body) => `city_sold_${body}_90d`), "city_sold_all_90d"],
      ["AREA_SALES", parts((body) => `area_turnover_${body}_365d`), "area_turnover_all_365d"],
      ["CITY_ENQUIRIES", parts((body) => `city_enquiries_${body}_365d`), "city_enquiries_all_365d"],
      ["BUYER_ENQUIRIES", parts((body) => `buyer_offers_${body}_365d`), "buyer_offers_all_365d"],
      [
        "LISTING_DEMAND",
        "listing_calls_ever + listing_chats_ever + listing_whatsapps_ever + listing_forms_ever",
        "listing_enquiries_ever",
      ],
      ["CAMPAIGN_REACH", "campaign_sent_variant_a + campaign_sent_variant_b", "campaign_sent_all"],
      ["CAMPAIGN_RETURN", "campaign_clicks_weekends + campaign_clicks_working_days", "campaign_clicks_all"],
      [
        "BUYER_CREDIT",
        "buyer_applications_used_car_540d + buyer_applications_personal_540d",
        "buyer_applications_all_540d",
      ],
    ]) {
      expect(await one(`select count(*) from ${table} where ${part} <> ${whole}`), table).toBe(0);
    }
    const wrong = await one(`select count(*) from BUYER_BROWSING join BUYER_INTENT using (BUYER_ID)
      where buyer_visits_app_90d + buyer_visits_mobile_web_90d + buyer_visits_desktop_90d <> buyer_visits_90d`);
    expect(wrong).toBe(0);
  });

  it("what a campaign brought in is what its closed days say", async () => {
    const days = `select sum(spend_inr), sum(clicks), sum(attributed_orders) from ${conformed("campaign_days")}`;
    const shown =
      "select sum(campaign_spend_all), sum(campaign_clicks_all), sum(campaign_orders_all) from CAMPAIGN_RETURN";
    const [expected, found] = [(await rows(days))[0] ?? [], (await rows(shown))[0] ?? []];
    for (const [at, value] of expected.entries()) expect(Number(found[at])).toBeCloseTo(Number(value), 1);
  });

  it("every car of the last 18 months has a row, with the visits that it had in its first week", async () => {
    expect(await one("select count(*) from LISTING_TRAFFIC")).toBe(
      await one(
        `select count(*) from ${conformed(cars)} where listed_at >= timestamp '2026-12-01' - interval 18 months`,
      ),
    );
    const wrong = await one(`with counted as (
      select listing_id, count(*) as visits from ${conformed("sessions")} join ${conformed(cars)} using (listing_id)
      where started_at::date - listed_at::date < 7 group by listing_id)
      select count(*) from LISTING_TRAFFIC left join counted using (listing_id)
      where listing_visits_first_7d <> coalesce(visits, 0)`);
    expect(wrong).toBe(0);
  });

  it("a car is priced beside those of its model put up before it", async () => {
    const wrong = await one(`with cars as (select * from ${conformed(cars)}), peers as (
      select a.listing_id, a.asking_price / avg(b.asking_price) as ratio from cars a join cars b
        on b.model = a.model and b.listed_at < a.listed_at and b.listed_at >= a.listed_at - interval 90 days
      where hash(a.listing_id) % 20 = 0 group by a.listing_id, a.asking_price)
      select count(*) from LISTING_PRICE_POSITION join peers using (listing_id)
      where abs(listing_price_to_peers_model_90d - ratio) > 0.00002`);
    expect(wrong).toBe(0);
  });

  it("a loan's share of approvals and a fuel's growth are those of the sources", async () => {
    const approvals = await one(`with loans as (
      select buyer_id, avg((decision = 'approved')::integer) as share from ${conformed("loan_applications")}
      where ${recent("applied_at", 365)} group by buyer_id)
      select count(*) from BUYER_CREDIT left join loans using (buyer_id)
      where buyer_approval_share_all_365d is distinct from round(share, 5)`);
    expect(approvals).toBe(0);
    const fuels = await one(`with prices as (
      select city_id, last(price order by month) / first(price order by month) - 1 as growth
      from ${conformed("fuel_prices")} where fuel = 'diesel' and month in (date '2026-09-01', date '2026-10-01') group by city_id)
      select count(*) from CITY_FUEL_COSTS join prices using (city_id)
      where abs(city_diesel_price_change_1m - growth) > 0.00002`);
    expect(fuels).toBe(0);
  });
});
