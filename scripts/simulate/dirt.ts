import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { type DuckDbWriter, quoteText } from "@/lib/warehouse";
import { type DirtSpec, dirtSpecs, freshKeys } from "./dirt-specs";
import { jsonRow } from "./json-row";

/**
 * Makes `served.dirt`: wrong rows that are served along with the right ones, at small rates that the seed decides. Each is a
 * right row with a key of its own and one thing wrong; duplicates are a right row once more. `at` is when it came to be,
 * null where the source tells no time.
 */
export async function makeDirt(world: DuckDbWriter): Promise<void> {
  await world.run(`create table served.dirt (
    no bigint, source varchar, name varchar, reason varchar, col varchar, told_at timestamp, row_text varchar)`);
  for (const table of sourceTables) {
    const specs = [...dirtSpecs.entries()].filter(([, { table: of }]) => of === table.name);
    if (specs.length > 0) await dirtyTable(world, table, specs);
  }
}

/** Every way of being wrong gets rows of its own. */
async function dirtyTable(world: DuckDbWriter, table: SourceTable, specs: [number, DirtSpec][]) {
  const { rows } = await world.query(`select count(*) from world.${table.name}`);
  const few = 3 + Math.floor(Number(rows[0]?.[0]) / 20_000);
  const key = keyText(table);
  // Some days before the end, so that what comes late comes within the world.
  const within = table.createdAt ? `where ${table.createdAt} < draw.ends() - interval 6 days` : "";
  await world.run(`create or replace temp table candidates as
    select *, row_number() over (order by ${key}) % ${specs.length} as way, row_number() over (order by ${key}) as place from (
      select * from world.${table.name} ${within} order by draw.bits('dirt', ${key}), ${key} limit ${few * specs.length}
    )`);
  for (const [way, [index, spec]] of specs.entries()) await world.run(dirtSql(table, spec, index, way));
}

function keyText({ key }: SourceTable): string {
  return key.map((column) => `${column}::varchar`).join(" || ':' || ");
}

function dirtSql(table: SourceTable, spec: DirtSpec, index: number, way: number): string {
  const { source, name } = table;
  const patches = [
    ...(spec.reason === "duplicate" ? [] : [freshKey(table, spec, index)]),
    ...(spec.reason === "too_late"
      ? [`json_object('received_at', strftime(received_at + interval 4 days, '%Y-%m-%dT%H:%M:%SZ'))`]
      : []),
    ...(spec.value !== undefined
      ? [`'${JSON.stringify({ [spec.column ?? ""]: null }).replace("null", spec.value ?? "null")}'`]
      : []),
  ];
  const row = patches.reduce((inner, patch) => `json_merge_patch(${inner}, ${patch})`, jsonRow(table));
  const at = momentOf(table, spec);
  // One such cell is enough of a nuisance.
  const limit = spec.reason === "cell_too_large" ? "limit 1" : "";
  return `insert into served.dirt
    select ${index * 100_000} + place, ${quoteText(source)}, ${quoteText(name)}, ${quoteText(spec.reason)},
      ${spec.column ? quoteText(spec.column) : "null"}, ${at}, ${row}
    from (select * from candidates where way = ${way} order by place ${limit})`;
}

/** When a dirty row comes to be for those who read. */
function momentOf({ protocol, createdAt }: SourceTable, { reason, column }: DirtSpec): string {
  if (!createdAt) return "null";
  if (reason === "too_late") return `${createdAt}::timestamp + interval 4 days`;
  if (reason === "impossible_date" && column === createdAt) {
    // A database compares such a moment as text, a change feed has a moment of its own, and others cannot tell.
    if (protocol === "postgres") return "timestamp '2026-02-28 10:00:00'";
    if (protocol !== "cdc" && protocol !== "event_log") return "null";
  }
  return `${createdAt}::timestamp`;
}

/** A key that no right row and no other dirty row has. */
function freshKey(table: SourceTable, spec: DirtSpec, index: number): string {
  const fresh = freshKeys[table.name];
  if (fresh && fresh.column !== spec.column) {
    const sql = fresh.sql.replace("{n}", String(index));
    return `json_object('${fresh.column}', ${sql})`;
  }
  const [first = ""] = table.key;
  return `json_object('${first}', 'X${index}-' || ${first})`;
}
