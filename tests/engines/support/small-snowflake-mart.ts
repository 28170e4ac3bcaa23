import { rm } from "node:fs/promises";
import { type Config, parseConfig } from "@/lib/config";
import { openObjectStore } from "@/lib/objects";
import type { ColumnType } from "@/lib/registry/types";
import { quoteName } from "@/lib/warehouse";
import { openSnowflakeSession, openSnowflakeWarehouse } from "@/lib/warehouse/snowflake";
import { type SmallMart, type SmallTable, smallRegistry } from "../../support/small-mart";
import { temporaryFolder } from "../../support/temporary-folder";

const sqlTypes: Record<ColumnType, string> = {
  integer: "NUMBER(38, 0)",
  float: "DOUBLE",
  decimal: "NUMBER(18, 4)",
  text: "VARCHAR",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP_NTZ(6)",
};

/** The same tables as {@link import("../../support/small-mart").openSmallMart} makes, in a schema of this name in Snowflake. */
export async function openSmallSnowflakeMart(
  environment: Record<string, string>,
  schema: string,
  tables: SmallTable[],
): Promise<SmallMart> {
  const { settings, objects } = settingsOf(environment);
  const session = await openSnowflakeSession(settings);
  await session.query(`CREATE SCHEMA ${settings.database}.${schema}`);
  for (const { name, columns, rows } of tables) {
    const target = `${settings.database}.${schema}.${quoteName(name)}`;
    const types = Object.entries(columns).flatMap(([column, of]) => {
      const { type, derived } = typeof of === "string" ? { type: of } : of;
      // What is derived is computed for each row, not stored.
      return derived ? [] : [{ column, type: sqlTypes[type] }];
    });
    const declared = types.map(({ column, type }) => `${quoteName(column)} ${type}`);
    await session.query(`CREATE TABLE ${target} (${declared.join(", ")})`);
    for (const row of rows) {
      const values = types.map(({ type }) => `CAST(? AS ${type})`);
      const parameters = types.map(({ column }) => row[column] ?? null);
      await session.query(`INSERT INTO ${target} SELECT ${values.join(", ")}`, { parameters });
    }
  }
  await session.close();
  const scratchDirectory = await temporaryFolder();
  const warehouse = await openSnowflakeWarehouse({ settings, schema, objects, scratchDirectory });
  return {
    registry: smallRegistry(tables),
    warehouse,
    scratchDirectory,
    close: async () => {
      await warehouse.close();
      await rm(scratchDirectory, { recursive: true, force: true });
    },
  };
}

export function settingsOf(environment: Record<string, string>) {
  const config: Config = parseConfig(environment);
  if (config.warehouse.kind !== "snowflake") throw new Error("These settings name no Snowflake.");
  return { settings: config.warehouse, objects: openObjectStore(config) };
}
