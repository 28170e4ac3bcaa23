import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { openDuckDbWriter } from "@/lib/warehouse";
import { spellOut } from "./abbreviations";
import { describeColumn, describeTable, ruleOf, unitOf, wordsOf } from "./describe";
import { type DraftColumn, type DraftTable, draftSchema, type MartDraft } from "./draft";
import { agesOf } from "./infer-ages";
import type { Reference } from "./infer-references";
import { inferStructure, type TableStructure } from "./infer-structure";
import { isTimePart } from "./infer-times";
import { keyStem } from "./names";
import { isPersonal } from "./pii";
import { parseWith } from "./problems";
import { type ColumnProfile, profileTable, type TableProfile } from "./profile-table";
import { listSourceFiles } from "./source-files";

export interface DraftOptions {
  /** The mart's name: lower-case letters, digits and `-`. */
  name: string;
  /** The folder with .csv, .csv.gz and .parquet files; one table each. */
  folder: string;
  title?: string;
  /** `v2026.11`; the current month in UTC when absent. */
  stamp?: string;
  owner?: string;
  now?: Date;
  /** Unpacked bytes of one file that are read at most. */
  maxBytes?: number;
  onTable?: (name: string, rows: number) => void;
}

/**
 * Reads every file of the folder and says what it takes them for. Nothing is registered.
 * @throws AppError BAD_INPUT where a file as a whole cannot be read, or the name or stamp is none
 */
export async function draftMart(options: DraftOptions): Promise<MartDraft> {
  const { name, now = new Date() } = options;
  const stamp = options.stamp ?? `v${now.getUTCFullYear()}.${String(now.getUTCMonth() + 1).padStart(2, "0")}`;
  parseWith(draftSchema.pick({ name: true, stamp: true }), { name, stamp });
  const folder = path.resolve(options.folder);
  const work = await mkdtemp(path.join(os.tmpdir(), "mart-profile-"));
  const engine = await openDuckDbWriter(path.join(work, "profile.duckdb"), { memoryLimit: "2GB" });
  try {
    const tables: TableProfile[] = [];
    for (const source of await listSourceFiles(folder)) {
      const table = await profileTable(engine, source, options.maxBytes);
      tables.push(table);
      options.onTable?.(table.name, table.rows);
    }
    const { structures, references } = await inferStructure(engine, tables);
    const structureOf = (table: TableProfile) => structures.get(table.name) as TableStructure;
    const owner = options.owner ?? "local";
    return parseWith(draftSchema, {
      version: 1,
      name,
      title: options.title ?? capitalised(name.replaceAll("-", " ")),
      stamp,
      asOf: greatestTime(tables, structures, now),
      owner,
      folder,
      entities: entitiesOf(tables, structures, references),
      tables: tables.map((table) => draftTable(table, structureOf(table), references)),
      references: references.map(({ table, column, to, values, rows }) => ({
        from: `${table}.${column}`,
        to: `${to.table}.${to.column}`,
        values: rounded(values),
        rows: rounded(rows),
      })),
      warnings: [
        ...tables.flatMap((table) =>
          [...table.notes, ...structureOf(table).notes].map((note) => `${table.name}: ${note}`),
        ),
        ...references.filter(({ rows }) => rows < 1).map(dangling),
      ],
    } satisfies MartDraft);
  } finally {
    await engine.close();
    await rm(work, { recursive: true, force: true });
  }
}

function draftTable(table: TableProfile, structure: TableStructure, references: Reference[]): DraftTable {
  const { notes: _, ...declared } = structure;
  const heads = table.columns.map(({ name }) => name.split("_")[0] ?? name);
  const columns = table.columns.map((column, index): DraftColumn => {
    const to = references.find((r) => r.table === table.name && r.column === column.name)?.to;
    const pii = isPersonal(column, structure.entity);
    const unit = unitOf(column);
    const aggregation = ruleOf(column);
    const head = heads[index] as string;
    const shared = heads.filter((other) => other === head).length > 1;
    return {
      name: column.name,
      header: column.header,
      position: column.position,
      type: column.type,
      ...(column.format ? { format: column.format } : {}),
      nullTokens: column.nullTokens,
      description: describeColumn(column, table, structure, {
        refersTo: to ? `${to.table}.${to.column}` : null,
        pii,
      }),
      ...(unit ? { unit } : {}),
      family: shared ? spellOut(head) : structure.entity,
      pii,
      ...(isTimePart(column, structure) ? { timePart: true } : {}),
      ...(aggregation ? { aggregation } : {}),
      seen: seenIn(column),
    };
  });
  const derived = agesOf(table, structure, columns);
  return {
    name: table.name,
    file: table.file,
    description: describeTable(table, structure),
    synonyms: structure.kind === "entity" ? [wordsOf(structure.entity)] : [],
    ...declared,
    columns,
    ...(derived.length > 0 ? { derived } : {}),
    seen: { rows: table.rows, refused: table.refused, refusals: table.refusals },
  };
}

function seenIn({ nulls, distinct, min, max, examples }: ColumnProfile): DraftColumn["seen"] {
  return {
    nulls,
    distinct,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    examples: examples.map((value) => value.slice(0, 60)),
  };
}

function entitiesOf(
  tables: TableProfile[],
  structures: ReadonlyMap<string, TableStructure>,
  references: Reference[],
): MartDraft["entities"] {
  const entities = new Map<string, MartDraft["entities"][number]>();
  for (const table of tables) {
    const { entity, kind, grain } = structures.get(table.name) as TableStructure;
    if (kind === "entity" || !entities.has(entity)) {
      // What others call their reference to it is another word for it: a carrier is an airline.
      const alias = references.find(
        ({ to, column }) => to.table === table.name && grain[0] === column,
      )?.column;
      const word = wordsOf(keyStem(alias ?? "") ?? alias ?? entity);
      entities.set(entity, {
        name: entity,
        plural: kind === "entity" ? wordsOf(table.name) : wordsOf(entity),
        synonyms: word === wordsOf(entity) ? [] : [word],
      });
    }
  }
  return [...entities.values()];
}

/** What the data know, they know up to their last event; a time that is still to come says nothing. */
function greatestTime(
  tables: TableProfile[],
  structures: ReadonlyMap<string, TableStructure>,
  now: Date,
): string {
  const times = tables
    .map((table) => {
      const eventTime = structures.get(table.name)?.eventTime;
      return table.columns.find(({ name }) => name === eventTime)?.max;
    })
    .filter((max) => max !== undefined)
    .map((max) => Date.parse(`${max.replace(" ", "T")}${max.includes(" ") ? "Z" : "T00:00:00Z"}`))
    .filter((time) => time <= now.getTime());
  return new Date(times.length > 0 ? Math.max(...times) : now.getTime()).toISOString();
}

function dangling({ table, column, to, rows }: Reference): string {
  const share = (1 - rows) * 100;
  const shown = share < 1 ? "less than 1" : String(Math.round(share));
  return `${table}: ${shown} % of the rows with a ${column} have no row in ${to.table}`;
}

const rounded = (share: number) => Math.round(share * 10_000) / 10_000;
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
