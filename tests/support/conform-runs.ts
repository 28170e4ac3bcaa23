import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { type Account, conformTables } from "@/lib/conform";
import { folderStore, type ObjectStore } from "@/lib/objects";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { stepFiles } from "@/lib/pipeline/step-context";
import { type StepName, type StepParameters, type StepReport, stepKey } from "@/lib/pipeline/steps";
import { type Cell, type DuckDbWriter, openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";

/** A row as the extract step leaves it; columns that are not named are null. */
export interface LandingRow {
  values: Record<string, string | null>;
  sequence: number;
  position?: string;
  deleted?: boolean;
}

export interface ConformRuns {
  store: ObjectStore;
  engine: DuckDbWriter;
  /** Writes what extract would have found, then runs conform on it. */
  run(stamp: {
    stamp: string;
    end: string;
    previous?: string | null;
    landing: Record<string, LandingRow[]>;
  }): Promise<ConformRun>;
  close(): Promise<void>;
}

export interface ConformRun {
  report: Pick<StepReport, "quarantine" | "facts">;
  files: StepReport["files"];
  accounts: Account[];
  /** The rows of one of the files, without `.parquet`, as objects. */
  rows(file: string): Promise<Record<string, Cell>[]>;
}

/** Runs the conform step over small tables, with a store and an engine of its own; close it when done. */
export async function setUpConform(tables: SourceTable[], mart = "test"): Promise<ConformRuns> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "conform-"));
  const store = folderStore(path.join(folder, "store"));
  const engine = await openDuckDbWriter(path.join(folder, "test.duckdb"));
  let runs = 0;
  return {
    store,
    engine,
    run: async ({ stamp, end, previous = null, landing }) => {
      const parameters: StepParameters = { mart, stamp, start: "2000-01-01T00:00:00Z", end, previous };
      const scratch = path.join(folder, `run-${runs++}`);
      await mkdir(scratch, { recursive: true });
      const context = (step: StepName) => ({
        parameters,
        files: stepFiles(store, parameters, step, scratch),
        scratch,
        log: () => {},
        progress: () => {},
        signal: new AbortController().signal,
      });
      const extracted = context("extract").files;
      for (const table of tables) {
        const file = path.join(scratch, `${table.source}.${table.name}.parquet`);
        await writeLanding(engine, table, landing[table.name] ?? [], file);
        await extracted.write(path.basename(file), file);
      }
      const conforming = context("conform");
      const report = await conformTables(conforming, tables);
      const read = async (file: string) => {
        const local = path.join(scratch, "shown", file);
        await mkdir(path.dirname(local), { recursive: true });
        await rm(local, { force: true });
        await store.getFile(stepKey(parameters, "conform", file), local);
        return local;
      };
      const accounts = JSON.parse(
        Buffer.from(await store.get(stepKey(parameters, "conform", "accounting.json"))).toString(),
      ) as Account[];
      return {
        report,
        accounts,
        files: [...conforming.files.written],
        rows: async (file) => {
          const { columns, rows } = await engine.query(
            `SELECT * FROM read_parquet(${quoteText(await read(`${file}.parquet`))})`,
          );
          return rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])));
        },
      };
    },
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function writeLanding(engine: DuckDbWriter, table: SourceTable, rows: LandingRow[], file: string) {
  const names = Object.keys(table.row.shape);
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE landing (${names.map((name) => `${quoteName(name)} VARCHAR`).join(", ")}, _position VARCHAR, _sequence BIGINT, _operation VARCHAR)`,
  );
  await engine.appendRows(
    "landing",
    rows.map(({ values, sequence, position, deleted }) => [
      ...names.map((name) => values[name] ?? null),
      position ?? `${table.name}:${sequence}`,
      sequence,
      deleted ? "delete" : "upsert",
    ]),
  );
  await engine.run(`COPY landing TO ${quoteText(file)} (FORMAT parquet)`);
}
