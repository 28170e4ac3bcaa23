import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TracedColumn } from "@/components/pipeline/lineage-types";
import type { Manifest } from "@/lib/dbt";
import { toAppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import { stepKey } from "@/lib/pipeline/steps";
import { processWide } from "@/lib/process-wide";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { hashOf, type RunSteps } from "./read-run-steps";

/** By the hash of the file: what made a table does not change. */
const known = processWide("makers of tables", () => new Map<string, Promise<string[]>>());

/**
 * Who made the rows of the computed tables that these columns come from: a language model by its name, or the offline scorer.
 * Tables that plain code computes have no such column, and are left out.
 */
export async function readMakers(
  of: RunSteps,
  manifest: Manifest,
  sources: string[],
): Promise<TracedColumn["makers"]> {
  const tables = new Set(
    sources.filter((one) => one.startsWith("augment.")).map((one) => one.split(".")[1] ?? ""),
  );
  const judged = Object.values(manifest.sources).filter(
    ({ source_name, name, columns }) => source_name === "augment" && tables.has(name) && "maker" in columns,
  );
  if (judged.length === 0) return [];
  return Promise.all(
    judged.map(async ({ name }) => {
      const file = `${name}.parquet`;
      const hash = hashOf(of, "augment", file);
      if (!hash) return { table: name, makers: [] };
      const makers = known.get(hash) ?? makersIn(stepKey(of.run, "augment", file), hash);
      known.set(hash, makers);
      return { table: name, makers: await makers };
    }),
  );
}

async function makersIn(key: string, hash: string): Promise<string[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "makers-"));
  const file = path.join(folder, "table.parquet");
  try {
    await openObjectStore().getFile(key, file);
    if (
      createHash("sha256")
        .update(await readFile(file))
        .digest("hex") !== hash
    )
      return [];
    const engine = await openDuckDbWriter(path.join(folder, "makers.duckdb"), { threads: 1 });
    try {
      const { rows } = await engine.query(
        `select distinct maker from read_parquet(${quoteText(file)}) order by 1`,
      );
      return rows.map(([maker]) => String(maker));
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    // Files of an old stamp may have been cleared away, or those of another run stand in their place.
    if (toAppError(thrown).code === "NOT_FOUND") return [];
    throw thrown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
