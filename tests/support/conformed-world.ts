import { mkdir } from "node:fs/promises";
import path from "node:path";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import { buildWorld, sellersHistorySql, truthSql } from "@/db/marts/auto-marketplace/world";
import { quoteText } from "@/lib/warehouse";

/** What conform would leave of a simulated world: every conformed table as it truly is at `end`, in `folder/conformed`. */
export async function writeConformedWorld(
  folder: string,
  {
    sellers,
    end,
    seed = 7,
    memoryLimit,
  }: { sellers: number; end: string; seed?: number; memoryLimit?: string },
): Promise<string> {
  const conformed = path.join(folder, "conformed");
  await mkdir(conformed, { recursive: true });
  const world = await buildWorld(path.join(folder, "simulated.duckdb"), {
    ...{ sellers, seed },
    ...(memoryLimit ? { memoryLimit } : {}),
  });
  try {
    const truths = new Map(sourceTables.map((table) => [table.name, truthSql(table, end)]));
    const history = sellersHistorySql(truths.get("sellers") ?? "", truths.get("plan_changes") ?? "");
    for (const [name, sql] of [...truths, ["sellers_history", history]]) {
      await world.run(`copy (${sql}) to ${quoteText(path.join(conformed, `${name}.parquet`))}`);
    }
  } finally {
    await world.close();
  }
  return conformed;
}
