import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import {
  buildWorld,
  sellersHistorySql,
  truthSql,
  type WorldOptions,
} from "@/db/marts/auto-marketplace/world";
import { quoteText } from "@/lib/warehouse";

/**
 * Writes the truth as known at `end` (ISO 8601): a typed Parquet file per conformed table and `sellers_history`.
 * @returns rows per table
 */
export async function dumpTruth(
  options: WorldOptions & { end: string; to: string },
): Promise<Record<string, number>> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), "simulated-world-"));
  await mkdir(options.to, { recursive: true });
  try {
    const world = await buildWorld(path.join(scratch, "simulated.duckdb"), options);
    try {
      const rows: Record<string, number> = {};
      const truths = new Map(sourceTables.map((table) => [table.name, truthSql(table, options.end)]));
      truths.set(
        "sellers_history",
        sellersHistorySql(truths.get("sellers") ?? "", truths.get("plan_changes") ?? ""),
      );
      for (const [name, sql] of truths) {
        const file = quoteText(path.join(options.to, `${name}.parquet`));
        await world.run(`copy (${sql}) to ${file} (format parquet, compression zstd)`);
        rows[name] = Number((await world.query(`select count(*) from ${file}`)).rows[0]?.[0]);
      }
      return rows;
    } finally {
      await world.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
