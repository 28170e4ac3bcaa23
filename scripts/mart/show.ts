import { AppError } from "@/lib/errors";
import { openMart } from "@/lib/mart";
import type { Feature, FeatureTable, Registry } from "@/lib/registry";

export const showUsage = `  npm run mart -- show MART                         its tables
  npm run mart -- show MART TABLE                   the columns of one table`;

/** @throws AppError MART_UNKNOWN, TABLE_UNKNOWN, BAD_INPUT */
export async function printMart([name, tableName, ...more]: string[]): Promise<void> {
  if (!name || more.length > 0) throw new AppError("BAD_INPUT", `Usage:\n${showUsage}`);
  const { registry } = await openMart(name);
  console.log(tableName ? describeTable(registry, tableName) : describeMart(registry));
}

function describeMart(registry: Registry): string {
  const lines = registry.tables.map((table) => {
    const features = registry.features.filter((f) => f.table === table.name && !f.isKey).length;
    return `${table.name}  ${table.rowCount} rows, ${features} features, one row per ${table.grain.join(", ")}\n  ${table.description}`;
  });
  return [`${registry.title}, ${registry.stamp}, as of ${registry.asOf}`, ...lines].join("\n");
}

function describeTable(registry: Registry, name: string): string {
  const table = registry.tables.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (!table) {
    const names = registry.tables.map((candidate) => candidate.name).join(", ");
    throw new AppError("TABLE_UNKNOWN", `${registry.mart} has no table ${name}. It has ${names}.`);
  }
  const columns = registry.features.filter((feature) => feature.table === table.name);
  return [table.name, table.description, "", ...keysOf(table), "", ...columns.map(describeColumn)].join("\n");
}

function keysOf(table: FeatureTable): string[] {
  return table.keys.map((key) => `${key.kind} key of ${key.entity}: ${key.columns.join(", ")}`);
}

function describeColumn(feature: Feature): string {
  const facts = [
    feature.unit ? `${feature.type} in ${feature.unit}` : feature.type,
    `${(feature.nullRate * 100).toFixed(1)} % null`,
    ...(feature.min !== undefined ? [`${feature.min} to ${feature.max}`] : []),
    ...(feature.aggregation ? [`by ${feature.aggregation}`] : []),
    ...(feature.pii ? ["personal"] : []),
  ];
  return `${feature.name}  (${facts.join(", ")})\n  ${feature.description}`;
}
