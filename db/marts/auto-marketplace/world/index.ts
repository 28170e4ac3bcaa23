import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type DuckDbWriter, openDuckDbWriter } from "@/lib/warehouse";
import { areaCells } from "./area-cells";

export { engineType, sellersHistorySql, truthSql } from "./truth";

/** What may be planted: every one starts on 2026-11-01 and changes nothing before. */
export const drifts = ["app_tracking_lost", "prices_in_paise"] as const;
export type Drift = (typeof drifts)[number];

export interface WorldOptions {
  sellers: number;
  seed: number;
  drift?: Drift | null;
  /** The engine's own choice when absent. */
  threads?: number;
  memoryLimit?: string;
  onProgress?: (label: string, done: number, total: number) => void;
}

const folder = path.join(process.cwd(), "db", "marts", "auto-marketplace", "world");

/**
 * Builds the simulated world into a new file: a table `world.<name>` per source table with exactly the columns of its row
 * schema, clean and complete up to 2026-12-01, and what drives it in the schema `hidden`. The same seed and size make the
 * same tables. The caller closes what it gets.
 */
export async function buildWorld(file: string, options: WorldOptions): Promise<DuckDbWriter> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  const variables = {
    seed: String(options.seed),
    sellers: String(options.sellers),
    seeds: path.join(folder, "seeds").replaceAll("'", "''"),
    ...planted(options.drift ?? null),
  };
  const world = await openDuckDbWriter(file, options);
  try {
    for (const [done, name] of names.entries()) {
      options.onProgress?.(name.replace(/^\d+_|\.sql$/g, "").replaceAll("_", " "), done, names.length);
      await world.run(render(await readFile(path.join(folder, name), "utf8"), variables));
      if (name.includes("cities")) await addAreaCells(world);
    }
    return world;
  } catch (thrown) {
    await world.close();
    throw thrown;
  }
}

function planted(drift: Drift | null): Record<string, string> {
  return {
    lost_sessions:
      drift === "app_tracking_lost"
        ? "and not (draw.drifting(began) and device = 'app' and draw.u('lost', vk) < 0.92)"
        : "",
    paise_factor:
      drift === "prices_in_paise"
        ? "(case when draw.drifting(listed_at) and draw.u('in-paise', lk) < 0.3 then 100 else 1 end)"
        : "1",
  };
}

/** Fills in every `{{ name }}`; an unknown name is an error, since the SQL would be wrong in silence. */
function render(template: string, variables: Record<string, string>): string {
  return template.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`the template asks for {{ ${name} }}, which is not given`);
    return value;
  });
}

async function addAreaCells(world: DuckDbWriter): Promise<void> {
  const { rows } = await world.query(
    "select city_id, latitude, longitude, tier from hidden.cities order by city_id",
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
      `('${cell.areaId}', '${cell.cityId}', ${cell.latitude}::double, ${cell.longitude}::double, ${cell.kmFromCentre}::double, ${cell.reachKm}::double, '${cell.boundary}')`,
  );
  await world.run(`create table hidden.area_cells as from (values ${values.join(", ")})
    as cells(area_id, city_id, latitude, longitude, km_from_centre, reach_km, boundary)`);
}
