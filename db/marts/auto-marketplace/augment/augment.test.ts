import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localLedger } from "@/lib/language-model";
import { folderStore } from "@/lib/objects";
import { stepFiles } from "@/lib/pipeline/step-context";
import type { StepParameters, StepReport } from "@/lib/pipeline/steps";
import { openDuckDbWriter } from "@/lib/warehouse";
import { dumpTruth } from "@/scripts/simulate/dump";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { augment } from ".";
import { openTables } from "./tables";

const parameters: StepParameters = {
  mart: "auto-marketplace",
  stamp: "v2026.11",
  start: "2025-05-01T00:00:00Z",
  end: "2026-11-01T00:00:00Z",
  previous: null,
};

let folder: string;
let conformed: string;
let first: Awaited<ReturnType<typeof run>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  conformed = path.join(folder, "store", "marts", "auto-marketplace", "v2026.11", "conform");
  await dumpTruth({ sellers: 60, seed: 3, end: parameters.end, to: conformed });
  first = await run();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(): Promise<{ written: StepReport["files"]; read: (name: string) => string }> {
  const scratch = await mkdtemp(path.join(folder, "run-"));
  const files = stepFiles(folderStore(path.join(folder, "store")), parameters, "augment", scratch);
  await augment({
    ...{ parameters, files, scratch, ledger: localLedger(0), log: () => {}, progress: () => {} },
    signal: new AbortController().signal,
  });
  return { written: files.written, read: (name) => path.join(scratch, `${name}.parquet`) };
}

describe("augmenting the mart", () => {
  it("makes the same files whenever it is run", async () => {
    const other = await run();
    expect(first.written.map(({ name }) => name).sort()).toEqual([
      ...[
        "area_catchments.parquet",
        "area_embeddings.parquet",
        "area_judgements.parquet",
        "area_poi_rings.parquet",
      ],
      ...[
        "area_remarks.parquet",
        "area_shapes.parquet",
        "area_similarities.parquet",
        "seller_densities.parquet",
      ],
    ]);
    expect(other.written).toEqual(first.written);
  });

  it("agrees with plain SQL on what lies in rings, catchments and cells", async () => {
    const { read } = first;
    const engine = await openDuckDbWriter(path.join(folder, "judge.duckdb"));
    const one = async (sql: string) => (await engine.query(sql)).rows[0]?.map(Number);
    const km = (
      a: string,
      b: string,
    ) => `12742 * asin(sqrt(pow(sin(radians(${b}.latitude - ${a}.latitude) / 2), 2)
      + cos(radians(${a}.latitude)) * cos(radians(${b}.latitude)) * pow(sin(radians(${b}.longitude - ${a}.longitude) / 2), 2)))`;
    const file = (name: string) => `read_parquet('${path.join(conformed, `${name}.parquet`)}')`;
    try {
      const [differing, pairs] =
        (await one(`with counted as (
            select a.area_id, p.category, count(*) filter (${km("a", "p")} <= 1) as pois, min(${km("a", "p")}) as nearest
            from ${file("areas")} a join ${file("pois")} p
              on abs(p.latitude - a.latitude) < 0.06 and abs(p.longitude - a.longitude) < 0.08 and ${km("a", "p")} <= 5 group by all)
          select count(*) filter (c.pois is distinct from r.pois or abs(c.nearest - r.nearest_km) > 0.001), count(*)
          from counted c full join (from read_parquet('${read("area_poi_rings")}') where radius_m = 1000) r using (area_id, category)`)) ??
        [];
      expect(pairs).toBeGreaterThan(5000);
      expect(differing).toBe(0);

      // An area lies in its own catchment whole, or as far as the catchment reaches.
      const [own, wrong, least] =
        (await one(`select count(*), count(*) filter (share > 1 or share <= 0), min(share) from read_parquet('${read("area_catchments")}')
          where area_id = other_area_id and reach_km = 6`)) ?? [];
      expect(own).toBe(Number((await one(`select count(*) from ${file("areas")}`))?.[0]));
      expect(wrong).toBe(0);
      expect(least).toBe(1);
      const [grown] =
        (await one(`select count(*) from read_parquet('${read("area_catchments")}') small left join read_parquet('${read("area_catchments")}') large
          on large.reach_km = 6 and large.area_id = small.area_id and large.other_area_id = small.other_area_id
          where small.reach_km = 3 and coalesce(large.share, 0) < small.share`)) ?? [];
      expect(grown).toBe(0);

      const [cells, all] =
        (await one(
          `select count(*) filter (points < 0), count(distinct seller_id) from read_parquet('${read("seller_densities")}')`,
        )) ?? [];
      expect([cells, all]).toEqual([
        0,
        Number((await one(`select count(*) from ${file("sellers")} where latitude is not null`))?.[0]),
      ]);
    } finally {
      await engine.close();
    }
  });

  it("counts the cars for sale about a seller as one listing after the other says", async () => {
    const { read } = first;
    const engine = await openDuckDbWriter(path.join(folder, "cars.duckdb"));
    const file = (name: string) => `read_parquet('${path.join(conformed, `${name}.parquet`)}')`;
    try {
      const { rows } = await engine.query(`with own as (
          select distinct seller_id, cell from read_parquet('${read("seller_densities")}')),
        cars as (select cell, count(*) as cars from ${file("listings")} l join ${file("sellers")} s using (seller_id)
          join own using (seller_id) where l.listing_status = 'active' and s.left_at is null group by cell)
        select count(*), count(*) filter (points <> coalesce(cars, 0)), sum(points)
        from read_parquet('${read("seller_densities")}') left join cars using (cell)
        where layer = 'cars_for_sale' and ring = 0`);
      const [sellers, wrong, all] = (rows[0] ?? []).map(Number);
      expect(wrong).toBe(0);
      expect(sellers).toBeGreaterThan(40);
      expect(all).toBeGreaterThan(sellers ?? 0);
    } finally {
      await engine.close();
    }
  });

  it("stops among the rows of a table when it is told to", async () => {
    const stop = new AbortController();
    const scratch = await mkdtemp(path.join(folder, "run-"));
    const files = stepFiles(folderStore(path.join(folder, "store")), parameters, "augment", scratch);
    const nothing = { log: () => {}, progress: () => {} };
    const tables = await openTables({ parameters, files, scratch, ...nothing, signal: stop.signal });
    function* rows() {
      setImmediate(() => stop.abort());
      for (let i = 0; i < 50_000; i++) yield [i];
    }
    try {
      await expect(tables.write("numbers", "i BIGINT", rows())).rejects.toMatchObject({
        code: "QUERY_CANCELLED",
      });
      expect(files.written).toEqual([]);
    } finally {
      await tables.close();
    }
  });

  it("marks what the offline scorer made, and scores within its bounds", async () => {
    const { read } = first;
    const engine = await openDuckDbWriter(path.join(folder, "marks.duckdb"));
    try {
      const { rows } = await engine.query(
        `select distinct maker, min(quality_score) over () >= 0 and max(quality_score) over () <= 100
         from read_parquet('${read("area_judgements")}')`,
      );
      expect(rows).toEqual([["offline", true]]);
    } finally {
      await engine.close();
    }
  });
});
