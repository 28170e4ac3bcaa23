import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuildResult, buildModels, type Declared, declareTables, readProject } from "@/lib/dbt";
import { type DuckDbWriter, openDuckDbWarehouse, quoteText, type Warehouse } from "@/lib/warehouse";
import { sourceTables } from "./sources";
import { buildWorld, sellersHistorySql, truthSql } from "./world";

const directory = path.join(process.cwd(), "db", "marts", "auto-marketplace");
const frozen: Pick<Declared, "tables" | "features"> = JSON.parse(
  await readFile(path.join(process.cwd(), "tests", "fixtures", "demo-mart-registry.json"), "utf8"),
);
const ported = frozen.tables.map(({ name }) => name.toLowerCase());
const added = [
  ...["seller_month_traffic", "seller_month_sales", "seller_month_marketing"],
  ...["seller_campaign_context", "seller_campaign_uplift", "buyers", "campaigns", "listing_outcomes"],
];

let folder: string;
let declared: Declared;
let built: BuildResult;
let warehouse: Warehouse;
/** As the mart of a month before knows it. */
let earlier: Warehouse;
const rows = async (sql: string, from = warehouse) => (await from.query(sql)).rows;
const one = async (sql: string) => Number((await rows(sql))[0]?.[0]);
/** A conformed table of November, to count again what a model counted. */
const conformed = (table: string) => quoteText(path.join(folder, "v2026.11", `${table}.parquet`));

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "mart-project-"));
  const world = await buildWorld(path.join(folder, "simulated.duckdb"), { sellers: 250, seed: 7 });
  try {
    await writeSources(world, "v2026.11", "2026-11-01T00:00:00Z");
    await writeSources(world, "v2026.10", "2026-10-01T00:00:00Z");
  } finally {
    await world.close();
  }
  ({ built, declared } = await build("v2026.11", "2026-11-01 00:00:00", [...ported, ...added]));
  await build("v2026.10", "2026-10-01 00:00:00", [...ported, ...added]);
  [warehouse, earlier] = await Promise.all([open("v2026.11"), open("v2026.10")]);
}, 240_000);
afterAll(async () => {
  await Promise.all([warehouse?.close(), earlier?.close()]);
  await rm(folder, { recursive: true, force: true });
});

/** What is true of a small world at `end`, as conform would leave it, and the remarks that the offline scorer finds. */
async function writeSources(world: DuckDbWriter, stamp: string, end: string): Promise<void> {
  await mkdir(path.join(folder, stamp));
  const write = (sql: string, table: string) =>
    world.run(`copy (${sql}) to ${quoteText(path.join(folder, stamp, `${table}.parquet`))}`);
  const truths = new Map(sourceTables.map((table) => [table.name, truthSql(table, end)]));
  for (const [name, sql] of truths) await write(sql, name);
  await write(
    sellersHistorySql(truths.get("sellers") ?? "", truths.get("plan_changes") ?? ""),
    "sellers_history",
  );
  const cues = quoteText(path.join(directory, "augment", "area-cues.csv"));
  await write(
    `select area_id, note_no, dimension, weight::decimal(6, 1) as weight
      from (${truths.get("area_notes")}) join read_csv(${cues}) on contains(note, cue)`,
    "area_remarks",
  );
}

async function build(stamp: string, end: string, select: string[]) {
  const sources = path.join(folder, stamp);
  const project = await readProject(directory, { conformed: sources, augment: sources, stamp, end });
  const scratch = await mkdtemp(path.join(folder, "scratch-"));
  const file = path.join(folder, `${stamp}.duckdb`);
  const compiledTo = path.join(folder, "compiled", stamp);
  return {
    declared: declareTables(project),
    built: await buildModels(project, { file, scratch, compiledTo, select }),
  };
}

function open(stamp: string): Promise<Warehouse> {
  return openDuckDbWarehouse({ path: path.join(folder, `${stamp}.duckdb`), writableDirectories: [folder] });
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
    const seen = new Set<string>();
    const twice = declared.features
      .filter((f) => !f.isKey)
      .map((f) => f.name.toLowerCase())
      .filter((name) => seen.size === seen.add(name).size);
    expect(twice).toEqual([]);
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

  it("begins with the first month of which visits are logged", async () => {
    // Of the 18 months before October the first is April 2025, when nobody kept a log: not a month without visits.
    expect(
      await rows(
        "select min(MONTH_CLOSED_AT), count(distinct MONTH_CLOSED_AT) from SELLER_MONTH_SALES",
        earlier,
      ),
    ).toEqual([["2025-05-31T18:30:00Z", 17]]);
  });

  it("agrees between tables that count the same", async () => {
    const differing = [
      `SELLER_ENGAGEMENT_FEATURES e join (select SELLER_ID, count(*) as n, count(*) filter (LISTING_STATUS = 'active') as live
        from LISTING_OUTCOMES group by all) using (SELLER_ID) where total_listings <> n or active_listings <> live`,
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

  it("counts what is in the sources, day by day", async () => {
    const [sessions, messages, listings] = ["sessions", "messages", "listings"].map(conformed);
    const counted = [
      [
        "CLICKSTREAM_SELLER_90D",
        "sessions_app_30d",
        `count(*) from read_parquet(${sessions}) s where s.seller_id = t.SELLER_ID
        and device = 'app' and started_at >= timestamp '2026-11-01' - interval 30 days`,
      ],
      [
        "SELLER_MONTH_TRAFFIC",
        "month_call_taps",
        `coalesce(sum(call_clicks), 0) from read_parquet(${sessions}) s
        where s.seller_id = t.SELLER_ID and received_at < t.WRITTEN_AT and started_at < t.MONTH_CLOSED_AT
        and started_at >= t.MONTH_CLOSED_AT + interval 330 minutes - interval 1 month - interval 330 minutes`,
      ],
      [
        "SELLER_MONTH_SALES",
        "month_stock",
        `count(*) from read_parquet(${listings}) s where s.seller_id = t.SELLER_ID
        and listed_at < t.MONTH_CLOSED_AT and (ended_at is null or ended_at >= t.MONTH_CLOSED_AT)`,
      ],
      [
        "SELLER_CAMPAIGN_CONTEXT",
        "visits_14d_before_campaign",
        `count(*) from read_parquet(${sessions}) s
        where s.seller_id = t.SELLER_ID and received_at::date < t.FIRST_SENT_AT::date
        and received_at::date >= t.FIRST_SENT_AT::date - 14`,
      ],
      [
        "SELLER_CAMPAIGN_CONTEXT",
        "messages_opened_90d_before_campaign",
        `count(*) from read_parquet(${messages}) s
        where s.seller_id = t.SELLER_ID and opened_at < t.FIRST_SENT_AT and sent_at >= t.FIRST_SENT_AT - interval 90 days`,
      ],
      [
        "SELLER_CAMPAIGN_UPLIFT",
        "visits_30d_after_campaign",
        `count(*) from read_parquet(${sessions}) s
        where s.seller_id = t.SELLER_ID and received_at >= t.MEASURED_AT - interval 30 days and received_at < t.MEASURED_AT`,
      ],
    ] as const;
    for (const [table, feature, again] of counted) {
      const [[wrong, sum] = []] = await rows(`select count(*) filter (${feature} <> expected), sum(expected)
        from (select t.*, (select ${again}) as expected from ${table} t)`);
      expect(Number(wrong), feature).toBe(0);
      expect(Number(sum), feature).toBeGreaterThan(50);
    }
  });

  it("tells of what was known a month ago the same as it did then, in every column of every table with a time", async () => {
    const timed = declared.tables.filter(
      ({ name, eventTime }) => eventTime && [...ported, ...added].includes(name.toLowerCase()),
    );
    expect(timed.map(({ name }) => name).sort()).toEqual([
      "LISTINGS",
      "MARKETING_ENGAGEMENT_FEATURES",
      ...["SELLER_CAMPAIGN_CONTEXT", "SELLER_CAMPAIGN_UPLIFT"],
      ...["SELLER_MONTH_MARKETING", "SELLER_MONTH_SALES", "SELLER_MONTH_TRAFFIC"],
      "SELLER_TREND_FEATURES",
    ]);
    for (const { name, eventTime, createdTime } of timed) {
      const known = `select * exclude (STAMP) from ${name} where ${createdTime ?? eventTime} < timestamp '2026-10-01' order by all`;
      const before = await rows(known, earlier);
      expect(before.length, name).toBeGreaterThan(500);
      expect(await rows(known), name).toEqual(before);
    }
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
