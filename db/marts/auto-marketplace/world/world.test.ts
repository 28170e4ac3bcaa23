import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DuckDbWriter } from "@/lib/warehouse";
import { jsonRow } from "@/scripts/simulate/json-row";
import { sourceTables } from "../sources";
import { buildWorld, truthSql, type WorldOptions } from ".";

let folder: string;
let world: DuckDbWriter;
const worlds: DuckDbWriter[] = [];
const size = { sellers: 150, seed: 11 };

async function build(name: string, options: Partial<WorldOptions> = {}): Promise<DuckDbWriter> {
  const built = await buildWorld(path.join(folder, `${name}.duckdb`), { ...size, threads: 1, ...options });
  worlds.push(built);
  return built;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "world-"));
  world = await build("first");
}, 240_000);
afterAll(async () => {
  for (const built of worlds) await built.close();
  await rm(folder, { recursive: true, force: true });
});

async function one(sql: string): Promise<number> {
  return Number((await world.query(sql)).rows[0]?.[0]);
}

/** A number that depends on every value of the rows, whatever their order. */
async function contents(of: DuckDbWriter, end: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const table of sourceTables) {
    const { rows } = await of.query(
      `select count(*) || ':' || coalesce(bit_xor(md5_number_lower(r::varchar)), 0) from (${truthSql(table, end)}) r`,
    );
    hashes[table.name] = String(rows[0]?.[0]);
  }
  return hashes;
}

const driftStart = "2026-11-01T00:00:00Z";
const worldEnd = "2026-12-01T00:00:00Z";
const timeout = 240_000;

describe.each(sourceTables.map((table) => [table.name, table] as const))("%s", (name, table) => {
  it("has rows that are what the source declares", async () => {
    const { columns } = await world.query(`select * from world.${name} limit 0`);
    expect(columns.map((column) => column.name)).toEqual(Object.keys(table.row.shape));
    const { rows } = await world.query(
      `select ${jsonRow(table)} from world.${name} using sample 1500 (reservoir, 1)`,
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const [json] of rows) {
      const parsed = table.row.safeParse(JSON.parse(String(json)));
      expect(parsed.error, `${name}: ${json}`).toBeUndefined();
    }
  });

  it("has every key once, and refers only to what is there", async () => {
    const key = table.key.join(", ");
    expect(await one(`select count(*) - count(distinct (${key})) from world.${name}`)).toBe(0);
    for (const { column, table: other } of table.references) {
      const keys = sourceTables.find((known) => known.name === other)?.key ?? [];
      expect(keys).toHaveLength(1);
      expect(
        await one(`select count(*) from world.${name} anti join (select ${keys[0]} as ${column} from world.${other}) using (${column})
          where ${column} is not null`),
      ).toBe(0);
    }
  });

  it("knows at a time what a later truth says of it", async () => {
    await world.run("create schema if not exists later");
    for (const of of sourceTables)
      await world.run(`create or replace view later.${of.name} as ${truthSql(of, driftStart)}`);
    const end = "2026-06-01T00:00:00Z";
    const [now, then] = [truthSql(table, end), truthSql(table, end, "later")];
    expect(await one(`select count(*) from (from (${now}) except all from (${then}))`)).toBe(0);
    expect(await one(`select count(*) from (from (${then}) except all from (${now}))`)).toBe(0);
  });
});

it("is the same with any number of threads, and another from another seed", { timeout }, async () => {
  const first = await contents(world, worldEnd);
  expect(await contents(await build("threads", { threads: 4 }), worldEnd)).toEqual(first);
  const other = await contents(await build("seed", { seed: 12, sellers: 20 }), worldEnd);
  expect(other.households).not.toEqual(first.households);
});

describe("planted drifts", () => {
  it("loses sessions of the app, from its day on", { timeout }, async () => {
    const drifted = await build("lost", { drift: "app_tracking_lost" });
    expect(await contents(drifted, driftStart)).toEqual(await contents(world, driftStart));
    const [before, after] = await Promise.all([world, drifted].map((of) => november(of, "device = 'app'")));
    expect(Number(after)).toBeLessThan(0.2 * Number(before));
    const [others, stillOthers] = await Promise.all(
      [world, drifted].map((of) => november(of, "device <> 'app'")),
    );
    expect(stillOthers).toBe(others);
  });

  it("takes paise for rupees in a share of new listings, from its day on", { timeout }, async () => {
    const drifted = await build("paise", { drift: "prices_in_paise" });
    expect(await contents(drifted, driftStart)).toEqual(await contents(world, driftStart));
    const { rows } =
      await drifted.query(`select avg((asking_price > 20 * fair_price)::integer), max(asking_price) < 1e9
      from world.listings where listed_at >= '2026-11-01'`);
    expect(Number(rows[0]?.[0])).toBeGreaterThan(0.15);
    expect(Number(rows[0]?.[0])).toBeLessThan(0.45);
    expect(rows[0]?.[1]).toBe(true);
  });

  async function november(of: DuckDbWriter, condition: string): Promise<number> {
    const { rows } = await of.query(
      `select count(*) from world.sessions where started_at >= '2026-11-01' and ${condition}`,
    );
    return Number(rows[0]?.[0]);
  }
});

describe("what can be learned", () => {
  it("shows next month's enquiries in this month's browsing", async () => {
    const correlation = await one(`
      with months as (select buyer_id, m from world.buyers cross join range(1, 18) as t(m) where joined_at < draw.month(m)),
      looked as (select buyer_id, draw.month_of(started_at) as m, count(*) as n from world.sessions group by all),
      asked as (select buyer_id, draw.month_of(asked_at) as m, count(*) as n from world.leads group by all)
      select corr(coalesce(looked.n, 0), coalesce(asked.n, 0)) from months
      left join looked using (buyer_id, m) left join asked on asked.buyer_id = months.buyer_id and asked.m = months.m + 1`);
    expect(correlation).toBeGreaterThan(0.15);
  });

  it("shows who will leave in what they do less", async () => {
    const perMonth = (condition: string) => `
      select count(a.event_id) / count(distinct (s.n, o.m))::double from hidden.lives s
      join hidden.moods o on o.n = s.n and o.m between s.first_month + 1 and 17
      left join world.seller_actions a on a.seller_id = s.seller_id and draw.month_of(a.started_at) = o.m
      where coalesce(draw.month_of(s.left_at), 99) > o.m and ${condition}`;
    const leaving = await one(perMonth("coalesce(draw.month_of(s.left_at), 99) = o.m + 1"));
    const staying = await one(perMonth("coalesce(draw.month_of(s.left_at), 99) > o.m + 3"));
    expect(leaving).toBeLessThan(0.85 * staying);
  });

  it("shows in the bureau band who is approved, and in care who pays back", async () => {
    const approved = (band: string) =>
      one(
        `select avg((decision = 'approved')::integer) from world.loan_applications where bureau_band = '${band}'`,
      );
    expect(await approved("excellent")).toBeGreaterThan((await approved("poor")) + 0.3);
    const missed = (condition: string) =>
      one(`select avg((l.first_missed_at is not null)::integer) from world.loan_applications l
        join hidden.buyers b using (buyer_id) where l.disbursed_at < '2026-06-01' and ${condition}`);
    expect(await missed("b.credit < 0")).toBeGreaterThan(await missed("b.credit > 1"));
  });

  it("shows quality in answers, sales and opened messages", async () => {
    expect(
      await one(`select corr(quality, answered) from hidden.lives join (
        select seller_id, avg((answered_at is not null)::integer) as answered from world.leads group by all having count(*) > 9
      ) using (seller_id)`),
    ).toBeGreaterThan(0.4);
    expect(
      await one(`select corr(quality, opened) from hidden.lives join (
        select seller_id, avg((opened_at is not null)::integer) as opened from world.messages group by all having count(*) > 9
      ) using (seller_id)`),
    ).toBeGreaterThan(0.3);
  });
});
