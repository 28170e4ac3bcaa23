import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { autoMarketplace } from "@/db/marts/auto-marketplace/pipeline";
import { declareTables, readProject } from "@/lib/dbt";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import { expandRequest } from "@/lib/pipeline/saved-requests";
import type { Registry } from "@/lib/registry";
import { compilePlan, dialects } from "@/lib/sql";
import { parseSnowflake } from "@/lib/sql/guard/snowflake/parse";
import { setTitles, variedSet } from "./engines/support/varied-sets";

const snapshots = path.join(import.meta.dirname, "snapshots");
const files = readdirSync(snapshots, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".sql") && path.basename(file) !== "duckdb.sql",
);

/** What the embedded engine takes, and so might the emulator that stands on it, and Snowflake would not. */
const foreign =
  /\b(bool_or|any_value|ASOF|FILTER|ORDINALITY|strlen|epoch|EXCLUDE|read_parquet|HUGEINT|POSITIONAL|SEMI|ANTI)\b|\/\/|::|\[/i;

let registry: Registry;
beforeAll(async () => {
  const { tables, features } = declareTables(await readProject(autoMarketplace.projectDirectory));
  const stamp = "v2026.11";
  registry = {
    ...{ mart: autoMarketplace.name, title: autoMarketplace.title, stamp, asOf: "2026-11-01T00:00:00Z" },
    tables: tables.map((table) => ({ ...table, stamp, rowCount: 0 })),
    features: features.map((feature) => ({ ...feature, nullRate: 0, distinctCount: 0 })),
    ...{ values: [], entities: [], contentHash: "" },
    requests: autoMarketplace.requests?.map((spec) => expandRequest(spec, features)),
  };
});

describe("Snowflake's SQL", () => {
  it.each(files)("of a snapshot is Snowflake's: %s", async (file) => {
    await expectSnowflake(readFileSync(path.join(snapshots, file), "utf8"));
  });

  it.each(setTitles)("of every statement that is run is Snowflake's: %s", async (title) => {
    for (const sql of statementsOf(variedSet(title, registry))) await expectSnowflake(sql);
  });

  it("of the saved requests fits into a statement", () => {
    expect(registry.requests?.length).toBeGreaterThan(0);
    const most = dialects.snowflake.maxStatementBytes ?? 0;
    for (const { entity, selections } of registry.requests ?? []) {
      const set = { ...variedSet("the same grain", registry), selections };
      const spine = { kind: "population", entity, asOf: null } as const;
      const plan = resolveFeatureSet({ ...set, spine }, registry);
      expect(plan.columns.length).toBeGreaterThan(1000);
      expect(Buffer.byteLength(compilePlan(plan, "snowflake").auditSql)).toBeLessThan(most / 4);
    }
  });
});

/** The parser knows the dialect's grammar; what both grammars allow is looked for by its words. */
async function expectSnowflake(sql: string): Promise<void> {
  await expect(parseSnowflake(sql)).resolves.toBeTruthy();
  expect(withoutText(sql)).not.toMatch(foreign);
  const names = [...sql.matchAll(/"((?:[^"]|"")*)"/g)].map(([, name = ""]) => name);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(255);
}

function statementsOf(featureSet: FeatureSet): string[] {
  const compiled = compilePlan(resolveFeatureSet(featureSet, registry), "snowflake");
  const { matrixSql, auditSql, countSql, filterProbeSql, duplicates } = compiled;
  return [
    ...[matrixSql, auditSql, countSql],
    ...(filterProbeSql === null ? [] : [filterProbeSql]),
    ...duplicates.flatMap(({ countSql: count, conflictSql }) =>
      conflictSql ? [count, conflictSql] : [count],
    ),
  ];
}

/** Names, texts and comments may hold anything. */
function withoutText(sql: string): string {
  return sql.replace(/--[^\n]*|"(?:[^"]|"")*"|'(?:[^']|'')*'/g, "x");
}
