import { readdir, readFile } from "node:fs/promises";
import { measureRegistry, writeRegistry } from "@/lib/registry";
import { type DuckDbWriter, openDuckDbWriter } from "@/lib/warehouse";
import { areaCells } from "./area-cells";
import { declareMart, stamp } from "./declare";
import { martFile, modelSql, render } from "./model";
import { models } from "./tables";

export interface BuildProgress {
  step: "raw" | "model" | "registry";
  label: string;
  done: number;
  total: number;
}

export interface BuildOptions {
  sellers: number;
  seed: number;
  /** For tests of determinism; the engine's own choice when absent. */
  threads?: number;
  onProgress?: (progress: BuildProgress) => void;
}

/**
 * Builds the whole demo mart into a new file: raw data in an attached database in memory, which is gone afterwards, then a
 * model per table, then the registry. The same seed and size make the same tables.
 */
export async function buildDemoMart(file: string, options: BuildOptions): Promise<void> {
  const rawFiles = (await readdir(martFile("raw"))).filter((name) => name.endsWith(".sql")).sort();
  const total = rawFiles.length + models.length + 1;
  let done = 0;
  const tell = (step: BuildProgress["step"], label: string) => {
    options.onProgress?.({ step, label, done, total });
    done++;
  };
  const variables = {
    seed: String(options.seed),
    sellers: String(options.sellers),
    stamp,
    as_of: "2026-11-01 00:00:00",
    today: "2026-11-01",
    starts: "2025-05-01 00:00:00",
    seeds: martFile("seeds").replaceAll("'", "''"),
  };
  const writer = await openDuckDbWriter(file, options.threads ? { threads: options.threads } : {});
  try {
    await writer.run("attach ':memory:' as raw");
    for (const name of rawFiles) {
      tell("raw", `raw data: ${name.replace(/^\d+_|\.sql$/g, "").replaceAll("_", " ")}`);
      await writer.run(render(await readFile(martFile("raw", name), "utf8"), variables));
      if (name.includes("cities")) await addAreaCells(writer);
    }
    for (const model of models) {
      tell("model", model.table.name);
      await writer.run(await modelSql(model, variables));
    }
    tell("registry", "registry: null rates, distinct values, value index");
    await writeRegistry(writer, await measureRegistry(writer, await declareMart()));
    await writer.run("detach raw");
    options.onProgress?.({ step: "registry", label: "built", done: total, total });
  } finally {
    await writer.close();
  }
}

async function addAreaCells(writer: DuckDbWriter): Promise<void> {
  const { rows } = await writer.query(
    "select city_id, latitude, longitude, tier from raw.cities order by city_id",
  );
  const cells = areaCells(
    rows.map(([cityId, latitude, longitude, tier]) => ({
      cityId: String(cityId),
      latitude: Number(latitude),
      longitude: Number(longitude),
      rings: tier === "Tier 1" ? 4 : tier === "Tier 2" ? 3 : 2,
    })),
  );
  const values = cells.map(
    (cell) =>
      `('${cell.areaId}', '${cell.cityId}', ${cell.latitude}, ${cell.longitude}, ${cell.kmFromCentre}, ${cell.reachKm})`,
  );
  await writer.run(`create table raw.area_cells as from (values ${values.join(", ")})
    as cells(area_id, city_id, latitude, longitude, km_from_centre, reach_km)`);
}
