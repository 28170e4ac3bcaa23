import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Registry, readRegistry } from "@/lib/registry";
import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";
import { asOf, type BuildProgress, buildDemoMart } from ".";

let folder: string;
let warehouse: Warehouse;
let registry: Registry;
const steps: BuildProgress[] = [];
const rows = async (sql: string) => (await warehouse.query(sql)).rows;
const one = async (sql: string) => Number((await rows(sql))[0]?.[0]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "demo-mart-"));
  const file = path.join(folder, "mart.duckdb");
  await buildDemoMart(file, { sellers: 2000, seed: 7, onProgress: (step) => steps.push(step) });
  warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
  registry = await readRegistry(warehouse);
}, 240_000);
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the registry of the demo mart", () => {
  it("registers exactly the columns there are, with their types; the stamp alone is left out", async () => {
    for (const table of registry.tables) {
      const { columns } = await warehouse.query(`select * exclude (STAMP) from ${table.name} limit 0`);
      const declared = registry.features
        .filter((feature) => feature.table === table.name)
        .map(({ name, type }) => ({ name, type }));
      expect([...columns].sort(byName), table.name).toEqual(declared.sort(byName));
      expect(await rows(`select distinct STAMP from ${table.name}`)).toEqual([["v2026.11"]]);
    }
  });

  it("has well over 1,141 features in the eight tables and the entities, all of different names", () => {
    const features = registry.features.filter((feature) => !feature.isKey);
    expect(features.length).toBeGreaterThan(1300);
    expect(new Set(features.map((feature) => feature.name.toLowerCase())).size).toBe(features.length);
    expect(registry.tables.map((table) => table.name)).toEqual([
      ...["SELLERS", "CITIES", "AREAS", "LISTINGS", "SELLER_GEO_FEATURES", "SELLER_ENGAGEMENT_FEATURES"],
      ...["CITY_DEMOGRAPHICS_FEATURES", "LLM_LOCATION_FEATURES", "CLICKSTREAM_SELLER_90D"],
      ...["SELLER_TREND_FEATURES", "PROPERTY_MARKET_FEATURES", "MARKETING_ENGAGEMENT_FEATURES"],
    ]);
  });

  it("has no feature that is all null or constant", () => {
    const dull = registry.features.filter((feature) => feature.nullRate === 1 || feature.distinctCount < 2);
    expect(dull.map((feature) => `${feature.table}.${feature.name}`)).toEqual([]);
  });

  it("describes every feature in a sentence of its own", () => {
    const features = registry.features.filter((feature) => !feature.isKey);
    for (const { name, description } of features) expect(description, name).toMatch(/^[A-Z0-9].{15,}\.$/);
    expect(new Set(features.map((feature) => feature.description)).size).toBe(features.length);
  });

  it("names a weight of the same table wherever a mean is weighted", () => {
    const weighted = registry.features.filter((feature) => feature.aggregation === "mean_weighted");
    expect(weighted.length).toBeGreaterThan(3);
    for (const feature of weighted) {
      expect(registry.features).toContainEqual(
        expect.objectContaining({ table: feature.table, name: feature.weight, type: "integer" }),
      );
    }
  });

  it("flags personal data, also outside SELLERS", () => {
    expect(registry.features.filter((feature) => feature.pii).map((feature) => feature.name)).toEqual([
      ...["SELLER_NAME", "PHONE", "EMAIL", "shop_latitude", "shop_longitude", "owner_home_distance_km"],
      ...["contact_name", "contact_phone"],
    ]);
    expect(registry.values.filter((value) => ["SELLER_NAME", "contact_name"].includes(value.column))).toEqual(
      [],
    );
  });

  it("knows cities by their other names", () => {
    const city = (value: string) =>
      registry.values.find((candidate) => candidate.column === "CITY_NAME" && candidate.value === value);
    expect(city("Mumbai")?.aliases).toContain("Bombay");
    expect(city("Bengaluru")?.aliases).toContain("Bangalore");
    expect(city("Pune")?.frequency).toBe(1);
  });
});

describe("the keys of the demo mart", () => {
  it("are unique where they say so", async () => {
    for (const table of registry.tables) {
      for (const columns of [
        table.grain,
        ...table.keys.filter((k) => k.kind !== "foreign").map((k) => k.columns),
      ]) {
        const list = columns.join(", ");
        expect(await one(`select count(*) from (select ${list} from ${table.name} group by all)`)).toBe(
          table.rowCount,
        );
        expect(await one(`select count(*) from ${table.name} where (${list}) is null`)).toBe(0);
      }
    }
  });

  it("meet a row of their entity wherever they are known", async () => {
    for (const table of registry.tables) {
      for (const key of table.keys) {
        const home = registry.tables.find((other) => other.kind === "entity" && other.entity === key.entity);
        if (!home) continue;
        const [column, target] = [key.columns[0], home.grain[0]];
        expect(
          await one(
            `select count(*) from ${table.name} where ${column} is not null and ${column} not in (select ${target} from ${home.name})`,
          ),
          `${table.name}.${column}`,
        ).toBe(0);
      }
    }
  });

  it("miss some rows, as real ones do", async () => {
    const missing = (from: string, column: string, to: string) =>
      one(
        `select avg((${column} is null or ${column} not in (select ${column} from ${to}))::integer) from ${from}`,
      );
    const shares = {
      city: await missing("SELLERS", "CITY_ID", "CITIES"),
      area: await missing("SELLERS", "AREA_ID", "AREAS"),
      geo: await missing("SELLERS", "SELLER_ID", "SELLER_GEO_FEATURES"),
      clickstream: await missing("SELLERS", "SELLER_ID", "CLICKSTREAM_SELLER_90D"),
      trend: await missing("SELLERS", "SELLER_ID", "SELLER_TREND_FEATURES"),
      llm: await missing("AREAS", "AREA_ID", "LLM_LOCATION_FEATURES"),
      property: await missing("AREAS", "AREA_ID", "PROPERTY_MARKET_FEATURES"),
      demographics: await missing("CITIES", "CITY_ID", "CITY_DEMOGRAPHICS_FEATURES"),
    };
    expect(shares.city).toBeCloseTo(0.03, 1);
    for (const [name, share] of Object.entries(shares)) {
      expect(share, name).toBeGreaterThan(0.01);
      expect(share, name).toBeLessThan(0.5);
    }
  });
});

describe("the times of the demo mart", () => {
  it("lie before the instant it knows up to, and rows are written after they are true", async () => {
    for (const table of registry.tables.filter((candidate) => candidate.eventTime)) {
      const { name, eventTime, createdTime = eventTime } = table;
      expect(
        await one(`select count(*) from ${name} where ${eventTime} > timestamp '${asOf.slice(0, -1)}'
          or ${createdTime} > timestamp '${asOf.slice(0, -1)}' or ${createdTime} < ${eventTime}`),
        name,
      ).toBe(0);
    }
  });

  it("close a trend's month at midnight in India", async () => {
    expect(
      await rows("select max(MONTH_CLOSED_AT), count(distinct MONTH_CLOSED_AT) from SELLER_TREND_FEATURES"),
    ).toEqual([["2026-10-31T18:30:00Z", 18]]);
  });
});

describe("what was planted in the demo mart", () => {
  it("puts many sellers into Mumbai and Pune, and ten listings are neither rare nor usual", async () => {
    for (const city of ["MUM", "PNQ"]) {
      expect(await one(`select count(*) from SELLERS where CITY_ID = '${city}'`)).toBeGreaterThan(100);
    }
    const share = await one("select avg((total_listings >= 10)::integer) from SELLER_ENGAGEMENT_FEATURES");
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.7);
  });

  it("lets attention, answers, sales and wealth go together", async () => {
    expect(
      await one(`select corr(ln(1 + sessions_90d), ln(1 + listings_sold_180d))
        from CLICKSTREAM_SELLER_90D join SELLER_ENGAGEMENT_FEATURES using (SELLER_ID)`),
    ).toBeGreaterThan(0.3);
    expect(
      await one("select corr(answered_share_180d, listings_sold_180d) from SELLER_ENGAGEMENT_FEATURES"),
    ).toBeGreaterThan(0.1);
    expect(
      await one(`select corr(llm_affluence_score, apartment_price_12m)
        from LLM_LOCATION_FEATURES join PROPERTY_MARKET_FEATURES using (AREA_ID)`),
    ).toBeGreaterThan(0.4);
  });

  it("agrees between tables that count the same", async () => {
    expect(
      await one(`select count(*) from SELLER_ENGAGEMENT_FEATURES e
        join (select SELLER_ID, count(*) as n, count(*) filter (LISTING_STATUS = 'active') as live from LISTINGS group by all) l
        using (SELLER_ID) where e.total_listings <> l.n or e.active_listings <> l.live`),
    ).toBe(0);
    expect(await one("select count(*) from CLICKSTREAM_SELLER_90D where sessions_7d > sessions_30d")).toBe(0);
  });
});

it("tells every step as it goes", () => {
  expect(steps.map((step) => step.done)).toEqual(steps.map((_, index) => index));
  expect(steps.at(-1)).toMatchObject({ done: steps.length - 1, total: steps.length - 1 });
});

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}
