import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { autoMarketplace } from "@/db/marts/auto-marketplace/pipeline";
import { buildModels, type Declared, declareTables, readProject } from "@/lib/dbt";
import { openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { dumpTruth } from "@/scripts/simulate/dump";
import { aBakeryProject } from "@/tests/support/bakeries";
import { setUpBuild } from "@/tests/support/build-steps";
import { dbt, runDbt } from "@/tests/support/run-dbt";
import { temporaryFolder } from "@/tests/support/temporary-folder";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** `dbt build`; returns the file and how many models and tests passed. */
async function buildWithDbt(directory: string, vars: Record<string, string>) {
  const file = path.join(folder, "theirs.duckdb");
  const { output } = await runDbt("build", { directory, vars, file, scratch: folder });
  return { file, passed: Number(/PASS=(\d+) WARN=0 ERROR=0/.exec(output)?.[1]) };
}

/** For each table the number of rows, and of those that are in one file and not in the other, cell by cell. */
async function compare(ours: string, theirs: string, tables: Declared["tables"]) {
  const engine = await openDuckDbWriter(path.join(folder, "compare.duckdb"));
  try {
    await engine.run(`attach ${quoteText(ours)} as ours (read_only)`);
    await engine.run(`attach ${quoteText(theirs)} as theirs (read_only)`);
    const differences: Record<string, unknown> = {};
    let rows = 0;
    for (const { name } of tables) {
      const columns = async (file: string) =>
        (
          await engine.query(
            "select column_name, data_type from duckdb_columns() where database_name = ? and lower(table_name) = ? order by 1",
            [file, name.toLowerCase()],
          )
        ).rows;
      const own = await columns("ours");
      expect(own.length, name).toBeGreaterThan(1);
      expect(await columns("theirs"), name).toEqual(own);
      const list = own.map(([column]) => quoteName(String(column))).join(", ");
      const [a, b] = ["ours", "theirs"].map((file) => `select ${list} from ${file}.main.${quoteName(name)}`);
      const counts = await engine.query(
        `select (select count(*) from (${a})), (select count(*) from (${b})), (select count(*) from (${a} except ${b})), (select count(*) from (${b} except ${a}))`,
      );
      const [all, others, missing, extra] = (counts.rows[0] ?? []).map(Number);
      rows += all ?? 0;
      if (all !== others || missing !== 0 || extra !== 0) differences[name] = { all, others, missing, extra };
    }
    return { differences, rows };
  } finally {
    await engine.close();
  }
}

describe.skipIf(!dbt)("dbt itself builds the same tables (skipped where DBT names no dbt)", () => {
  it("from a small project with every kind of test", { timeout: 120_000 }, async () => {
    const { directory, vars } = await aBakeryProject(folder);
    const project = await readProject(directory, vars);
    const file = path.join(folder, "ours.duckdb");
    const { tests } = await buildModels(project, {
      ...{ file, scratch: folder, compiledTo: path.join(folder, "compiled") },
    });
    const theirs = await buildWithDbt(directory, vars);
    expect(theirs.passed).toBe(project.models.size + tests.length);
    const { tables } = declareTables(project);
    expect(await compare(file, theirs.file, tables)).toEqual({ differences: {}, rows: 8 });
  });

  it("from the marketplace's project, by the steps of the pipeline", { timeout: 900_000 }, async () => {
    const end = "2026-11-01T00:00:00Z";
    const conformed = path.join(folder, "conformed");
    await dumpTruth({ sellers: 60, seed: 7, end, to: conformed });
    // A copy, so that both build the same even while somebody edits the project.
    const directory = path.join(folder, "project");
    for (const part of ["models", "macros", "tests", "dbt_project.yml", "profiles.yml"]) {
      await cp(path.join(autoMarketplace.projectDirectory, part), path.join(directory, part), {
        recursive: true,
      });
    }
    const mart = { ...autoMarketplace, projectDirectory: directory };
    const { run } = await setUpBuild(folder, mart, conformed);
    await run("build");
    const { files } = await run("augment");
    const ours = await files.read("augment", "mart.duckdb");
    const augment = path.dirname(ours);
    for (const { name } of files.written) await files.read("augment", name);

    const vars = { conformed, augment, stamp: "v2026.11", end: "2026-11-01 00:00:00" };
    const theirs = await buildWithDbt(directory, vars);
    const project = await readProject(directory, vars);
    expect(theirs.passed).toBeGreaterThan(project.models.size);
    const { tables } = declareTables(project);
    const { differences, rows } = await compare(ours, theirs.file, tables);
    expect(differences).toEqual({});
    expect(rows).toBeGreaterThan(1000);
  });
});
