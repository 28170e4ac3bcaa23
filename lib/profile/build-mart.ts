import { ensureMart } from "@/lib/mart";
import { type DeclaredRegistry, measureRegistry, type Registry, writeRegistry } from "@/lib/registry";
import { type DuckDbWriter, openDuckDbWriter, quoteName } from "@/lib/warehouse";
import { checkDraft } from "./check-draft";
import type { DraftTable, MartDraft } from "./draft";
import { draftError, type Problem } from "./problems";
import { loadRaw, type RawTable } from "./raw-table";
import { assertFile } from "./source-files";
import { presentValue, typedValue } from "./typed-value";

/**
 * Builds the mart from its files as the draft describes them and publishes it under the draft's name and stamp. What was
 * current before stays so until the last step.
 * @throws AppError BAD_INPUT, KEY_TYPE_MISMATCH, GRAIN_FALSE naming the JSON path that does not fit the files
 */
export async function buildMart(
  draft: MartDraft,
  options: { dataDir?: string; maxBytes?: number } = {},
): Promise<Registry> {
  checkDraft(draft);
  let registry: Registry | undefined;
  await ensureMart(
    draft.name,
    draft.stamp,
    async (file) => {
      const writer = await openDuckDbWriter(file, { memoryLimit: "2GB" });
      try {
        for (const [index, table] of draft.tables.entries()) {
          await buildTable(writer, draft.folder, table, `tables[${index}]`, options.maxBytes);
        }
        registry = await measureRegistry(writer, declare(draft));
        await writeRegistry(writer, registry);
      } finally {
        await writer.close();
      }
    },
    { ...options, rebuild: true },
  );
  return registry as Registry;
}

async function buildTable(
  writer: DuckDbWriter,
  folder: string,
  table: DraftTable,
  at: string,
  maxBytes: number | undefined,
): Promise<void> {
  // A space, so that no table of the mart can have this name.
  const relation = `raw ${table.name}`;
  const file = await assertFile(folder, table.file);
  const raw = await loadRaw(writer, file, relation, maxBytes ? { maxBytes } : undefined);
  assertColumns(table, raw, at);
  await assertTypes(writer, table, raw, at);
  const expressions = [
    ...(table.rowNumber ? [`rowid + 1 AS ${quoteName(table.rowNumber)}`] : []),
    ...readings(table, raw).map(({ name, typed }) => `${typed} AS ${quoteName(name)}`),
  ];
  await writer.run(
    `CREATE TABLE ${quoteName(table.name)} AS SELECT ${expressions.join(", ")} FROM ${quoteName(relation)} ORDER BY rowid;
     DROP TABLE ${quoteName(relation)}`,
  );
  await assertKeys(writer, table, at);
}

function readings(table: DraftTable, raw: RawTable) {
  return table.columns.map((column) => {
    const storedType = raw.columns[column.position - 1]?.storedType ?? "VARCHAR";
    const source = `c${column.position}`;
    return {
      name: column.name,
      typed: typedValue(source, { ...column, storedType }),
      present: presentValue(source, { ...column, storedType }),
      source,
    };
  });
}

function assertColumns(table: DraftTable, raw: RawTable, at: string): void {
  const problems = table.columns.flatMap(({ header, position }, index): Problem[] => {
    const found = raw.columns[position - 1]?.header;
    if (found === header) return [];
    const problem =
      found === undefined
        ? `${table.file} has no column ${position}`
        : `column ${position} of ${table.file} is called ${JSON.stringify(found)}, not ${JSON.stringify(header)}`;
    return [{ path: `${at}.columns[${index}].header`, problem }];
  });
  if (problems.length > 0) throw draftError(problems);
}

/** A value that does not fit its column's type is not dropped: the draft has to say what it is. */
async function assertTypes(
  writer: DuckDbWriter,
  table: DraftTable,
  raw: RawTable,
  at: string,
): Promise<void> {
  const problems: Problem[] = [];
  for (const [index, { present, typed, source }] of readings(table, raw).entries()) {
    const { type, format } = table.columns[index] as DraftTable["columns"][number];
    if (type === "text") continue;
    const { rows } = await writer.query(
      `SELECT count(*), any_value(left(${source}::VARCHAR, 40)) FROM ${quoteName(raw.relation)}
       WHERE (${present}) IS NOT NULL AND (${typed}) IS NULL`,
    );
    const [count, example] = rows[0] ?? [];
    if (!count) continue;
    const as = format ? `${type} written as ${format}` : type;
    problems.push({
      path: `${at}.columns[${index}].type`,
      problem: `${count} values of ${table.name}.${table.columns[index]?.name} do not fit ${as}, for instance ${JSON.stringify(example)}`,
    });
  }
  if (problems.length > 0) throw draftError(problems);
}

/** A key that is declared primary or unique must be; so must a grain, unless its time allows ties. */
async function assertKeys(writer: DuckDbWriter, table: DraftTable, at: string): Promise<void> {
  const claims = table.keys.flatMap((key, index) =>
    key.kind === "foreign" ? [] : [{ columns: key.columns, path: `${at}.keys[${index}].columns` }],
  );
  if (table.grain.length > 0 && !table.grain.includes(table.eventTime ?? "")) {
    claims.push({ columns: table.grain, path: `${at}.grain` });
  }
  const problems: Problem[] = [];
  for (const { columns, path } of claims) {
    const names = columns.map(quoteName).join(", ");
    const { rows } = await writer.query(
      `SELECT count(*), any_value([${columns.map((name) => `${quoteName(name)}::VARCHAR`).join(", ")}]) FROM
        (SELECT ${names} FROM ${quoteName(table.name)} GROUP BY ${names} HAVING count(*) > 1 OR ${columns.map((name) => `${quoteName(name)} IS NULL`).join(" OR ")})`,
    );
    const [count, example] = rows[0] ?? [];
    if (!count) continue;
    problems.push({
      path,
      problem: `${columns.join(", ")} do not tell the rows of ${table.name} apart, for instance ${String(example).slice(0, 120)}`,
    });
  }
  if (problems.length > 0) throw draftError(problems, "GRAIN_FALSE");
}

function declare(draft: MartDraft): DeclaredRegistry {
  const { name, title, stamp, owner, entities } = draft;
  return {
    mart: name,
    title,
    stamp,
    asOf: new Date(draft.asOf).toISOString(),
    entities,
    aliases: {},
    tables: draft.tables.map(
      ({ columns: _columns, derived: _derived, seen: _seen, rowNumber: _row, file: _file, ...table }) => ({
        ...table,
        owner,
      }),
    ),
    features: draft.tables.flatMap((table) => {
      const keys = new Set([
        ...table.grain,
        ...table.keys.flatMap(({ columns }) => columns),
        table.eventTime,
        table.createdTime,
      ]);
      const numbered = table.rowNumber
        ? [
            {
              table: table.name,
              name: table.rowNumber,
              description: `number of the row in ${table.file}`,
              type: "integer" as const,
              family: table.entity,
              isKey: true,
              pii: false,
              owner,
            },
          ]
        : [];
      return [
        ...numbered,
        ...table.columns.map(
          ({ header: _h, position: _p, format: _f, nullTokens: _n, seen: _s, timePart, ...column }) => ({
            table: table.name,
            ...column,
            isKey: keys.has(column.name) || timePart === true,
            owner,
          }),
        ),
        ...(table.derived ?? []).map(({ kind, column, ...feature }) => ({
          table: table.name,
          ...feature,
          type: "integer" as const,
          derived: { kind, column },
          isKey: false,
          owner,
        })),
      ];
    }),
  };
}
