import { mkdir } from "node:fs/promises";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError, toAppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { StepContext } from "@/lib/pipeline/step-context";
import type { QuarantineReason, StepReport } from "@/lib/pipeline/steps";
import { type DuckDbWriter, openDuckDbWriter, quoteName } from "@/lib/warehouse";
import { type Account, accountFor } from "./account";
import { sourceColumns } from "./columns";
import { dependencyOrder } from "./dependency-order";
import { factsOf } from "./facts";
import { buildHistory, type Teller } from "./history";
import { loadRecords } from "./load-records";
import { type ChangedFirstValue, settle } from "./settle";
import { valueMacros } from "./value-macros";
import {
  createQuarantine,
  type Output,
  quarantine,
  writeHistory,
  writeQuarantine,
  writeState,
  writeTable,
} from "./write-tables";

/**
 * Makes the extracted files of a stamp into typed tables as known at END, together with what the previous stamp remembered.
 * What is wrong goes to `quarantine.parquet`; `accounting.json` says of every table what became of its rows.
 * @throws AppError BAD_INPUT where a file is missing or of another schema; INTERNAL where a row is not accounted for
 */
export async function conformTables(
  context: StepContext,
  tables: SourceTable[],
): Promise<Pick<StepReport, "quarantine" | "facts">> {
  const ordered = dependencyOrder(tables);
  const directory = path.join(context.scratch, "conformed");
  await mkdir(directory, { recursive: true });
  const engine = await openDuckDbWriter(path.join(context.scratch, "conform.duckdb"), {
    memoryLimit: "2GB",
    ...config().engine,
  });
  try {
    // It would make a join of each list of words: a fixed cost of 15 ms a column.
    await engine.run("SET disabled_optimizers = 'in_clause'");
    await engine.run(valueMacros + createQuarantine);
    return await conformInOrder(context, ordered, { engine, directory, files: context.files });
  } finally {
    await engine.close();
  }
}

async function conformInOrder(context: StepContext, tables: SourceTable[], output: Output) {
  const { parameters, files, signal } = context;
  const end = parameters.end;
  const accounts: Account[] = [];
  const changedFirstValues: ChangedFirstValue[] = [];
  const states = new Map<string, string>();
  // Histories are told by tables that refer to theirs, so they and their tables are written when all is read.
  const deferred: (() => Promise<void>)[] = [];
  for (const [done, table] of tables.entries()) {
    signal.throwIfAborted();
    context.progress(table.name, done, tables.length);
    const conforming = {
      table,
      columns: sourceColumns(table),
      records: quoteName(`records of ${table.name}`),
      fates: quoteName(`fates of ${table.name}`),
    };
    const input = await inputFiles(context, table);
    await loadRecords(output.engine, conforming, input.landing, input.remembered);
    changedFirstValues.push(...(await settle(output.engine, conforming, end)));
    await quarantine(output.engine, conforming);
    if (!isReadWhole(table)) states.set(table.name, await writeState(output, conforming));
    const finish = async () => {
      const kept = await writeTable(output, conforming, end);
      accounts.push(await accountFor(output.engine, conforming, input, kept));
      await output.engine.run(`DROP TABLE ${conforming.records}; DROP TABLE ${conforming.fates}`);
    };
    const { changes } = table;
    if (typeof changes !== "object") await finish();
    else {
      deferred.push(async () => {
        await buildHistory(output.engine, conforming, changes, end, (name) => tellerOf(tables, states, name));
        await writeHistory(output, conforming, end);
        await finish();
      });
    }
  }
  for (const finish of deferred) await finish();
  const setAside = await writeQuarantine(output);
  const told = accounts.reduce((sum, account) => sum + account.setAside, 0);
  if (setAside !== told) {
    throw new AppError(
      "INTERNAL",
      `${told} rows were set aside and ${setAside} written. Nothing was stored.`,
    );
  }
  await files.writeJson("accounting.json", accounts);
  context.log(`${accounts.length} tables conformed, ${setAside} rows set aside`);
  return {
    quarantine: await countQuarantine(output.engine),
    facts: factsOf(accounts, changedFirstValues),
  };
}

async function inputFiles({ files, parameters }: StepContext, table: SourceTable) {
  const { previous } = parameters;
  const extracted = `${table.source}.${table.name}.parquet`;
  return {
    landing: await files
      .read("extract", extracted)
      .catch((thrown) => missing(thrown, `The extract step left no ${extracted}. Run it again.`)),
    remembered:
      previous === null || isReadWhole(table)
        ? null
        : await files
            .read("conform", `state/${table.name}.parquet`, previous)
            .catch((thrown) =>
              missing(
                thrown,
                `${previous} has no conformed records of ${table.name}. Run its conform step again, or build ${parameters.stamp} from the beginning, without a previous stamp.`,
              ),
            ),
  };
}

/** Files and maps are read whole for every stamp: what is no longer in them is no more. */
function isReadWhole({ protocol }: SourceTable): boolean {
  return protocol === "csv" || protocol === "maps";
}

function missing(thrown: unknown, message: string): never {
  if (toAppError(thrown).code !== "NOT_FOUND") throw thrown;
  throw new AppError("BAD_INPUT", message, { cause: thrown });
}

function tellerOf(tables: SourceTable[], states: Map<string, string>, name: string): Teller {
  const file = states.get(name);
  const at = tables.find((table) => table.name === name)?.createdAt;
  if (!file || !at) {
    throw new AppError("INTERNAL", `${name} tells a history, so it has to be a source table with createdAt.`);
  }
  return { file, at };
}

async function countQuarantine(engine: DuckDbWriter): Promise<StepReport["quarantine"]> {
  const { rows } = await engine.query(
    `SELECT "table", reason, "column", count(*) FROM quarantine GROUP BY ALL ORDER BY ALL`,
  );
  return rows.map(([table, reason, column, count]) => ({
    table: String(table),
    reason: reason as QuarantineReason,
    column: column === null ? null : String(column),
    rows: Number(count),
  }));
}
