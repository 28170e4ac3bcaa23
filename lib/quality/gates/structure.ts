import { percent } from "@/lib/figures";
import type { DeclaredFeature, DeclaredTable } from "@/lib/registry";
import { type Cell, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import type { Check, Declared, StampProfile, Verdict } from "./types";

/** Fewer than half or more than twice the rows of the stamp before halt; a fifth less or a quarter more warn. */
const rowLimits = { halt: [0.5, 2], warn: [0.8, 1.25] } as const;
const nullLimit = 0.02;

type Ask = (sql: string) => Promise<Cell[][]>;

/** Everything about one table but drift: rows, columns, keys, references, stamp, promised nulls. */
export async function checkTable(
  warehouse: Warehouse,
  table: DeclaredTable,
  features: DeclaredFeature[],
  declared: Declared,
  reference: StampProfile | null,
  context: { stamp: string; signal?: AbortSignal },
): Promise<{ checks: Check[]; profile: StampProfile["tables"][number] }> {
  const ask: Ask = async (sql) => (await warehouse.query(sql, { signal: context.signal })).rows;
  const columns = (await warehouse.query(`select * from ${quoteName(table.name)} limit 0`)).columns;
  const rows = Number((await ask(`select count(*) from ${quoteName(table.name)}`))[0]?.[0] ?? 0);
  const before = reference?.tables.find(({ name }) => name === table.name) ?? null;
  const checks = [
    checkRows(table.name, rows, before?.rows ?? null),
    ...checkColumns(table.name, columns, features),
    ...checkBreaking(table.name, features, before, declared.version, reference?.version ?? null),
    await checkStamp(ask, table.name, context.stamp, rows),
    ...(await checkKeys(ask, table)),
    ...(await checkReferences(ask, table, declared.tables)),
    ...(await checkNulls(ask, table.name, features, declared.promises.get(table.name), rows)),
  ];
  const profile = { name: table.name, rows, columns: features.map(({ name, type }) => ({ name, type })) };
  return { checks, profile };
}

/** Tables that the stamp before had and this one has not. */
export function checkTablesGone(declared: Declared, reference: StampProfile | null): Check[] {
  const present = new Set(declared.tables.map(({ name }) => name));
  const gone = (reference?.tables ?? []).filter(({ name }) => !present.has(name));
  return gone.map(({ name }) =>
    breaking(
      name,
      null,
      `${name} was in ${reference?.stamp} and is gone.`,
      declared.version,
      reference?.version,
    ),
  );
}

function checkRows(table: string, rows: number, before: number | null): Check {
  const of = (verdict: Verdict, value: number | null, limit: number | null, text: string | null): Check => ({
    check: "rows",
    table,
    column: null,
    verdict,
    value,
    limit,
    text,
  });
  if (rows === 0) return of("halt", 0, 1, `${table} has no rows.`);
  if (before === null)
    return of("no_reference", rows, null, `${rows} rows; no stamp before to compare with.`);
  const ratio = rows / before;
  const told = `${table} has ${rows} rows, ${before} in the stamp before.`;
  if (ratio < rowLimits.halt[0]) return of("halt", ratio, rowLimits.halt[0], told);
  if (ratio > rowLimits.halt[1]) return of("halt", ratio, rowLimits.halt[1], told);
  if (ratio < rowLimits.warn[0]) return of("warn", ratio, rowLimits.warn[0], told);
  if (ratio > rowLimits.warn[1]) return of("warn", ratio, rowLimits.warn[1], told);
  return of("pass", ratio, null, null);
}

function checkColumns(
  table: string,
  built: { name: string; type: string }[],
  features: DeclaredFeature[],
): Check[] {
  const types = new Map(built.map(({ name, type }) => [name.toLowerCase(), type]));
  const declared = new Set([...features.map(({ name }) => name.toLowerCase()), "stamp"]);
  const wrong = [
    ...features.flatMap(({ name, type }) => {
      const found = types.get(name.toLowerCase());
      if (found === type) return [];
      return [
        { column: name, text: found ? `is ${found}, declared as ${type}` : "is declared and was not built" },
      ];
    }),
    ...built
      .filter(({ name }) => !declared.has(name.toLowerCase()))
      .map(({ name }) => ({ column: name, text: "was built and is not declared" })),
  ];
  if (wrong.length === 0) return [simple("schema", table, null, "pass", null)];
  return wrong.map(({ column, text }) =>
    simple("schema", table, column, "halt", `${table}.${column} ${text}.`),
  );
}

/** A column that readers had and lose, or find with another type, needs a new major version of the mart. */
function checkBreaking(
  table: string,
  features: DeclaredFeature[],
  before: StampProfile["tables"][number] | null,
  version: string,
  versionBefore: string | null,
): Check[] {
  const now = new Map(features.map(({ name, type }) => [name, type]));
  return (before?.columns ?? []).flatMap(({ name, type }) => {
    const found = now.get(name);
    if (found === type) return [];
    const what = found ? `changed its type from ${type} to ${found}` : "was removed";
    return [breaking(table, name, `${table}.${name} ${what}.`, version, versionBefore)];
  });
}

function breaking(
  table: string,
  column: string | null,
  what: string,
  version: string,
  versionBefore: string | null | undefined,
): Check {
  const major = Number.parseInt(version, 10);
  const allowed = versionBefore != null && major > Number.parseInt(versionBefore, 10);
  const text = allowed
    ? `${what} Version ${version} allows it.`
    : `${what} That breaks what reads it: raise the mart's version in dbt_project.yml from ${version} to ${major + 1}.0.0.`;
  return simple("schema", table, column, allowed ? "warn" : "halt", text);
}

async function checkStamp(ask: Ask, table: string, stamp: string, rows: number): Promise<Check> {
  const stamped = Number(
    (await ask(`select count(*) from ${quoteName(table)} where STAMP = ${quoteText(stamp)}`))[0]?.[0] ?? 0,
  );
  const text =
    stamped === rows ? null : `${rows - stamped} rows of ${table} do not carry the stamp ${stamp}.`;
  return simple("stamp", table, null, text ? "halt" : "pass", text);
}

async function checkKeys(ask: Ask, table: DeclaredTable): Promise<Check[]> {
  const keys = table.keys.filter(({ kind }) => kind !== "foreign").map(({ columns }) => columns);
  if (table.grain.length > 0 && !keys.some((columns) => columns.join() === table.grain.join()))
    keys.push(table.grain);
  return Promise.all(
    keys.map(async (columns) => {
      const list = columns.map((column) => quoteName(column)).join(", ");
      const [row] = await ask(
        `select coalesce(sum(n - 1), 0), any_value(found), count(*) from (
           select count(*) as n, concat_ws(', ', ${list}) as found from ${quoteName(table.name)} group by ${list} having count(*) > 1)`,
      );
      const [missing] = await ask(
        `select count(*) from ${quoteName(table.name)} where ${columns.map((column) => `${quoteName(column)} is null`).join(" or ")}`,
      );
      const [doubled, example] = [Number(row?.[0] ?? 0), row?.[1]];
      const nulls = Number(missing?.[0] ?? 0);
      const column = columns.join(", ");
      if (doubled > 0)
        return simple(
          "keys",
          table.name,
          column,
          "halt",
          `${table.name}: ${doubled} rows repeat a key (${column}), for instance ${example}.`,
        );
      if (nulls > 0)
        return simple("keys", table.name, column, "halt", `${table.name}: ${nulls} rows have no ${column}.`);
      return simple("keys", table.name, column, "pass", null);
    }),
  );
}

/** Every foreign key's value is a row of the table that is about that entity; NULL refers to nothing. */
async function checkReferences(ask: Ask, table: DeclaredTable, tables: DeclaredTable[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { entity, columns, role } of table.keys.filter(({ kind }) => kind === "foreign")) {
    const home = tables.find((other) => other.kind === "entity" && other.entity === entity);
    const primary = home?.keys.find(({ kind }) => kind === "primary");
    if (!home || !primary) continue;
    const same = columns.map(
      (column, index) => `h.${quoteName(primary.columns[index] ?? "")} = t.${quoteName(column)}`,
    );
    const [row] = await ask(
      `select count(*), any_value(concat_ws(', ', ${columns.map((column) => `t.${quoteName(column)}`).join(", ")}))
       from ${quoteName(table.name)} t where ${columns.map((column) => `t.${quoteName(column)} is not null`).join(" and ")}
       and not exists (select 1 from ${quoteName(home.name)} h where ${same.join(" and ")})`,
    );
    const lost = Number(row?.[0] ?? 0);
    const column = columns.join(", ");
    const text = `${table.name}.${column}: ${lost} rows name a ${role ?? entity} that ${home.name} does not have, for instance ${row?.[1]}.`;
    checks.push(simple("references", table.name, column, lost > 0 ? "halt" : "pass", lost > 0 ? text : null));
  }
  return checks;
}

async function checkNulls(
  ask: Ask,
  table: string,
  features: DeclaredFeature[],
  promised: ReadonlySet<string> | undefined,
  rows: number,
): Promise<Check[]> {
  const filled = features.filter(({ name }) => promised?.has(name));
  if (filled.length === 0 || rows === 0) return [];
  const [counts = []] = await ask(
    `select ${filled.map(({ name }) => `count(${quoteName(name)})`).join(", ")} from ${quoteName(table)}`,
  );
  return filled.map(({ name }, index) => {
    const rate = 1 - Number(counts[index] ?? 0) / rows;
    const halts = rate >= nullLimit;
    const text = `${table}.${name} is promised to be filled and is null in ${percent(rate)} of the rows.`;
    return {
      check: "nulls",
      table,
      column: name,
      verdict: halts ? "halt" : "pass",
      value: rate,
      limit: nullLimit,
      text: halts ? text : null,
    };
  });
}

function simple(
  check: Check["check"],
  table: string,
  column: string | null,
  verdict: Verdict,
  text: string | null,
): Check {
  return { check, table, column, verdict, value: null, limit: null, text };
}
