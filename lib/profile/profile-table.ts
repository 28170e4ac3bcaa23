import { AppError } from "@/lib/errors";
import type { ColumnType } from "@/lib/registry/types";
import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName } from "@/lib/warehouse";
import { type InferredType, inferType, typeOfStored } from "./infer-type";
import { distinctNames, identifierOf } from "./names";
import { loadRaw } from "./raw-table";
import { typedValue } from "./typed-value";

export interface ColumnProfile extends InferredType {
  name: string;
  header: string;
  position: number;
  nulls: number;
  distinct: number;
  min?: string;
  max?: string;
  /** The most frequent values of a text column. */
  examples: string[];
}

export interface TableProfile {
  name: string;
  file: string;
  /** The typed rows, in the profile's own store. */
  relation: string;
  rows: number;
  refused: number;
  refusals: { line: number; reason: string }[];
  columns: ColumnProfile[];
  notes: string[];
}

/** Columns measured in one query: more would make one statement too wide. */
const batch = 40;

/** Loads a file, infers the type of every column over all of its rows, and measures the typed values. */
export async function profileTable(
  engine: DuckDbWriter,
  source: { name: string; file: string; path: string },
  maxBytes?: number,
): Promise<TableProfile> {
  const { name, file } = source;
  const raw = await loadRaw(engine, source.path, `raw ${name}`, maxBytes ? { maxBytes } : undefined);
  const notes: string[] = [];
  if (raw.refused > 0) {
    const where = raw.refusals.map(({ line, reason }) => `line ${line}: ${reason}`).join("; ");
    notes.push(`${raw.refused} of ${raw.refused + raw.rows} rows were refused (${where})`);
  }

  const names = distinctNames(raw.columns.map(({ header }) => identifierOf(header)));
  const typed: { profile: ColumnProfile; storedType: string }[] = [];
  for (const [index, { header, position, storedType }] of raw.columns.entries()) {
    const columnName = names[index] as string;
    const inferred =
      raw.format === "csv"
        ? await inferType(engine, raw.relation, `c${position}`)
        : storedAs(typeOfStored(storedType));
    const empty = inferred?.notes.includes("holds no value at all") ?? false;
    if (inferred === null || header === "__index_level_0__" || (header.trim() === "" && empty)) {
      notes.push(`column ${JSON.stringify(header)} (${storedType.slice(0, 40)}) was left out`);
      continue;
    }
    notes.push(
      ...renaming(header, columnName, names),
      ...inferred.notes.map((note) => `${columnName} ${note}`),
    );
    typed.push({
      storedType,
      profile: { name: columnName, header, position, ...inferred, nulls: 0, distinct: 0, examples: [] },
    });
  }

  if (typed.length === 0) throw new AppError("BAD_INPUT", `${file}: none of its columns can be read.`);
  const expressions = typed.map(
    ({ profile, storedType }) =>
      `${typedValue(`c${profile.position}`, { ...profile, storedType })} AS ${quoteName(profile.name)}`,
  );
  const relation = `typed_${name}`;
  await engine.run(
    `CREATE TABLE ${quoteName(relation)} AS SELECT ${expressions.join(", ")} FROM ${quoteName(raw.relation)};
     DROP TABLE ${quoteName(raw.relation)}`,
  );
  const columns = typed.map(({ profile }) => profile);
  await measure(engine, relation, columns);
  return {
    name,
    file,
    relation,
    rows: raw.rows,
    refused: raw.refused,
    refusals: raw.refusals,
    columns,
    notes,
  };
}

function storedAs(type: ColumnType | null): InferredType | null {
  return type && { type, nullTokens: [], notes: [] };
}

function renaming(header: string, name: string, names: string[]): string[] {
  if (header.trim() === "") return [`a column without a name is called ${name}`];
  const usual = identifierOf(header);
  return usual !== name && names.includes(usual) ? [`a second column ${usual} is called ${name}`] : [];
}

/** Fills in nulls, distinct counts, ranges and examples. */
async function measure(engine: DuckDbWriter, relation: string, columns: ColumnProfile[]): Promise<void> {
  for (let start = 0; start < columns.length; start += batch) {
    const some = columns.slice(start, start + batch);
    const aggregates = some.map(({ name }) => {
      const column = quoteName(name);
      return `count(*) - count(${column}), count(DISTINCT ${column}), min(${column})::VARCHAR, max(${column})::VARCHAR`;
    });
    const { rows } = await engine.query(`SELECT ${aggregates.join(", ")} FROM ${quoteName(relation)}`);
    for (const [index, column] of some.entries()) {
      const [nulls, distinct, min, max] = rows[0]?.slice(index * 4, index * 4 + 4) ?? [];
      column.nulls = Number(nulls);
      column.distinct = Number(distinct);
      if (column.type !== "text" && column.type !== "boolean" && min !== null && max !== null) {
        column.min = String(min);
        column.max = String(max);
      }
    }
  }
  for (const column of columns.filter(({ type }) => type === "text")) {
    const name = quoteName(column.name);
    const { rows } = await engine.query(
      `SELECT ${name} FROM ${quoteName(relation)} WHERE ${name} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 5`,
    );
    column.examples = rows.map((row) => String(row[0]));
  }
}
