import { buildColumns, registryTables } from "@/lib/registry";
import type { SnowflakeSession } from "@/lib/warehouse/snowflake";
import type { BuildName } from "./names";

/**
 * Beside the registries: one row per published build. Publishing is the insertion of one row, so a reader sees the build before
 * or the new one and nothing between; rows are never changed.
 */
const builds = {
  MART: "VARCHAR",
  STAMP: "VARCHAR",
  BUILD: "VARCHAR",
  PUBLISHED_AT: "TIMESTAMP_NTZ",
};

/** The tables that all builds share, and their columns. */
const sharedTables: Record<string, Record<string, string>> = {
  MART_BUILDS: builds,
  ...Object.fromEntries(
    Object.entries(registryTables).map(([name, columns]) => [name, { ...buildColumns, ...columns }]),
  ),
};

/** Makes the schema and the tables that are not there, and adds columns that an older version's tables lack. */
export async function createSharedTables(session: SnowflakeSession, schema: string): Promise<void> {
  await session.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  for (const [name, columns] of Object.entries(sharedTables)) {
    const declared = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
    await session.query(`CREATE TABLE IF NOT EXISTS ${schema}.${name} (${declared.join(", ")})`);
    const { columns: there } = await session.query(`SELECT * FROM ${schema}.${name} LIMIT 0`);
    for (const [column, type] of Object.entries(columns)) {
      if (there.some((one) => one.name === column)) continue;
      await session.query(`ALTER TABLE ${schema}.${name} ADD COLUMN ${column} ${type}`);
    }
  }
}

/** The published builds of one mart, or of all, the newest first. */
export async function readBuilds(
  session: SnowflakeSession,
  schema: string,
  mart?: string,
): Promise<BuildName[]> {
  const { rows } = await session.query(
    `SELECT MART, STAMP, BUILD FROM ${schema}.MART_BUILDS${mart ? " WHERE MART = ?" : ""} ORDER BY PUBLISHED_AT DESC, BUILD DESC`,
    { parameters: mart ? [mart] : [] },
  );
  return rows.map(([name, stamp, build]) => ({
    mart: String(name),
    stamp: String(stamp),
    build: String(build),
  }));
}

/** The moment from which readers get the build. */
export async function insertBuild(
  session: SnowflakeSession,
  schema: string,
  { mart, stamp, build }: BuildName,
): Promise<void> {
  // The service's clock, not this machine's: of two builds the one inserted later is the newer.
  await session.query(
    `INSERT INTO ${schema}.MART_BUILDS (MART, STAMP, BUILD, PUBLISHED_AT) SELECT ?, ?, ?, CAST(CURRENT_TIMESTAMP() AS TIMESTAMP_NTZ)`,
    { parameters: [mart, stamp, build] },
  );
}

/** Removes every row of a build: first the one by which readers find it. */
export async function deleteBuildRows(
  session: SnowflakeSession,
  schema: string,
  { mart, build }: BuildName,
): Promise<void> {
  for (const table of Object.keys(sharedTables)) {
    await session.query(`DELETE FROM ${schema}.${table} WHERE MART = ? AND BUILD = ?`, {
      parameters: [mart, build],
    });
  }
}
