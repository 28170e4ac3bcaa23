import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BuildResult,
  buildModels,
  type Declared,
  declareTables,
  type Project,
  readProject,
} from "@/lib/dbt";
import { openDuckDbWarehouse, quoteText, type Warehouse } from "@/lib/warehouse";
import { sourceTables } from "./sources";
import { buildWorld, sellersHistorySql, truthSql } from "./world";

const directory = path.join(process.cwd(), "db", "marts", "auto-marketplace");
const end = "2026-11-01T00:00:00Z";
const frozen: Pick<Declared, "tables" | "features"> = JSON.parse(
  await readFile(path.join(process.cwd(), "tests", "fixtures", "demo-mart-registry.json"), "utf8"),
);
const ported = frozen.tables.map(({ name }) => name.toLowerCase());
const added = ["seller_month_traffic", "seller_month_sales", "seller_month_marketing", "buyers", "campaigns"];

let folder: string;
let project: Project;
let declared: Declared;
let built: BuildResult;
let warehouse: Warehouse;
const rows = async (sql: string) => (await warehouse.query(sql)).rows;
const one = async (sql: string) => Number((await rows(sql))[0]?.[0]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "mart-project-"));
  const [conformed, augment, scratch] = ["conformed", "augment", "scratch"].map((name) =>
    path.join(folder, name),
  );
  for (const place of [conformed, augment, scratch]) await mkdir(place ?? "");
  await writeSources(conformed ?? "", augment ?? "");
  project = await readProject(directory, {
    ...{ conformed: conformed ?? "", augment: augment ?? "" },
    ...{ stamp: "v2026.11", end: "2026-11-01 00:00:00" },
  });
  declared = declareTables(project);
  const file = path.join(folder, "mart.duckdb");
  built = await buildModels(project, {
    ...{ file, scratch: scratch ?? "", compiledTo: path.join(folder, "compiled") },
    select: [...ported, ...added],
  });
  warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
}, 240_000);
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is true of a small world at `end`, as conform would leave it, and the remarks that the offline scorer finds. */
async function writeSources(conformed: string, augment: string): Promise<void> {
  const world = await buildWorld(path.join(folder, "simulated.duckdb"), { sellers: 400, seed: 7 });
  const write = (sql: string, to: string) => world.run(`copy (${sql}) to ${quoteText(to)}`);
  try {
    const truths = new Map(sourceTables.map((table) => [table.name, truthSql(table, end)]));
    for (const [name, sql] of truths) await write(sql, path.join(conformed, `${name}.parquet`));
    await write(
      sellersHistorySql(truths.get("sellers") ?? "", truths.get("plan_changes") ?? ""),
      path.join(conformed, "sellers_history.parquet"),
    );
    await write(
      `select area_id, note_no, dimension, weight::decimal(6, 1) as weight
        from (${truths.get("area_notes")}) join read_csv(${quoteText(path.join(directory, "seeds", "area_cues.csv"))})
        on contains(note, cue)`,
      path.join(augment, "area_remarks.parquet"),
    );
  } finally {
    await world.close();
  }
}

describe("what the project declares", () => {
  it("is, for the twelve tables there always were, what people and tests know", () => {
    for (const table of frozen.tables) {
      expect(declared.tables.find(({ name }) => name === table.name)).toEqual(table);
      const ofTable = ({ features }: Pick<Declared, "features">) =>
        Object.fromEntries(features.filter((f) => f.table === table.name).map((f) => [f.name, f]));
      expect(ofTable(declared), table.name).toEqual(ofTable(frozen));
    }
  });

  it("has several hundred features per seller and month that the trend does not tell", () => {
    const months = declared.features.filter((f) => /^SELLER_MONTH_/.test(f.table) && !f.isKey);
    expect(months.length).toBeGreaterThan(700);
    for (const { name, description } of months) expect(description, name).toMatch(/^[A-Z].{12,}\.$/);
    expect(new Set(months.map(({ description }) => description)).size).toBe(months.length);
  });

  it("gives no name to two features of the whole mart", () => {
    const names = declared.features.filter((f) => !f.isKey).map((f) => f.name.toLowerCase());
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it("flags personal data of sellers and buyers", () => {
    const personal = declared.features.filter((f) => f.pii).map((f) => f.name);
    expect(personal).toEqual(expect.arrayContaining(["PHONE", "EMAIL", "contact_phone", "shop_latitude"]));
    expect(personal).toEqual(expect.arrayContaining(["AGE_BAND", "BUYER_OCCUPATION", "INCOME_BAND"]));
  });
});

describe("what the project builds", () => {
  it("passes its own tests of keys, grain and references", () => {
    expect(built.tests.length).toBeGreaterThan(80);
    expect(built.tests.filter(({ status }) => status !== "pass").map(({ test }) => test)).toEqual([]);
  });

  it("has its stamp on every row", async () => {
    for (const name of [...ported, ...added]) {
      expect(await rows(`select distinct STAMP from ${name}`), name).toEqual([["v2026.11"]]);
    }
  });

  it("knows nothing of END or later, and writes rows after they are true", async () => {
    for (const { name, eventTime, createdTime = eventTime } of declared.tables) {
      if (!eventTime || ![...ported, ...added].includes(name.toLowerCase())) continue;
      const late = `${eventTime} >= timestamp '2026-11-01' or ${createdTime} > timestamp '2026-11-01'`;
      expect(
        await one(`select count(*) from ${name} where ${late} or ${createdTime} < ${eventTime}`),
        name,
      ).toBe(0);
    }
  });

  it("closes a month at midnight in India", async () => {
    for (const name of ["SELLER_TREND_FEATURES", "SELLER_MONTH_SALES"]) {
      expect(await rows(`select max(MONTH_CLOSED_AT), count(distinct MONTH_CLOSED_AT) from ${name}`)).toEqual(
        [["2026-10-31T18:30:00Z", 18]],
      );
    }
  });

  it("agrees between tables that count the same", async () => {
    const differing = [
      `SELLER_ENGAGEMENT_FEATURES e join (select SELLER_ID, count(*) as n, count(*) filter (LISTING_STATUS = 'active') as live
        from LISTINGS group by all) using (SELLER_ID) where total_listings <> n or active_listings <> live`,
      "CLICKSTREAM_SELLER_90D where sessions_7d > sessions_30d or sessions_app_90d + sessions_mobile_web_90d + sessions_desktop_90d <> sessions_90d",
      `SELLER_MONTH_TRAFFIC join SELLER_TREND_FEATURES using (SELLER_ID, MONTH_CLOSED_AT)
        where month_app_visits + month_mobile_web_visits + month_desktop_visits <> monthly_visits`,
      `SELLER_MONTH_SALES s join SELLER_MONTH_SALES b on b.SELLER_ID = s.SELLER_ID
        and b.MONTH_CLOSED_AT + interval 330 minutes = s.MONTH_CLOSED_AT + interval 330 minutes - interval 3 months
        where s.month_stock_ago_3m is distinct from b.month_stock`,
    ];
    for (const from of differing) expect(await one(`select count(*) from ${from}`), from).toBe(0);
  });

  it("shares a city's month out among its sellers", async () => {
    const [shares] = await rows(`select count(*), count(*) filter (abs(total - 1) > 0.001) from (
      select sum(month_app_visits_city_share) as total from SELLER_MONTH_TRAFFIC join SELLERS using (SELLER_ID)
      where month_app_visits_city_share is not null group by CITY_ID, MONTH_CLOSED_AT)`);
    expect(Number(shares?.[0])).toBeGreaterThan(100);
    expect(Number(shares?.[1])).toBe(0);
  });

  it("misses some rows, as real ones do", async () => {
    const missing = (from: string, column: string, to: string) =>
      one(
        `select avg((${column} is null or ${column} not in (select ${column} from ${to}))::integer) from ${from}`,
      );
    const shares = {
      area: await missing("SELLERS", "AREA_ID", "AREAS"),
      clickstream: await missing("SELLERS", "SELLER_ID", "CLICKSTREAM_SELLER_90D"),
      trend: await missing("SELLERS", "SELLER_ID", "SELLER_TREND_FEATURES"),
      llm: await missing("AREAS", "AREA_ID", "LLM_LOCATION_FEATURES"),
      property: await missing("AREAS", "AREA_ID", "PROPERTY_MARKET_FEATURES"),
      demographics: await missing("CITIES", "CITY_ID", "CITY_DEMOGRAPHICS_FEATURES"),
    };
    for (const [name, share] of Object.entries(shares)) {
      expect(share, name).toBeGreaterThan(0.01);
      expect(share, name).toBeLessThan(0.5);
    }
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
});
