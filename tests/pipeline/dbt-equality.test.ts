import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildModels, type Declared, declareTables, readProject } from "@/lib/dbt";
import { openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { aBakeryProject } from "@/tests/support/bakeries";
import { writeConformedWorld } from "@/tests/support/conformed-world";
import { dbt, runDbt } from "@/tests/support/run-dbt";
import { temporaryFolder } from "@/tests/support/temporary-folder";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Built {
  directory: string;
  vars: Record<string, string>;
  exclude?: string[];
}

/** Both ways, on the same inputs; returns what dbt said. */
async function buildTwice({ directory, vars, exclude = [] }: Built) {
  const project = await readProject(directory, vars);
  const [ours, theirs] = [path.join(folder, "ours.duckdb"), path.join(folder, "theirs.duckdb")];
  const { tests } = await buildModels(project, {
    ...{ file: ours, scratch: folder, compiledTo: path.join(folder, "compiled"), exclude },
  });
  const { output } = await runDbt("build", { directory, vars, exclude, file: theirs, scratch: folder });
  const passed = Number(/PASS=(\d+) WARN=0 ERROR=0/.exec(output)?.[1]);
  return { ours, theirs, project, tests, passed, declared: declareTables(project) };
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
    const { ours, theirs, tests, passed, project, declared } = await buildTwice(await aBakeryProject(folder));
    expect(passed).toBe(project.models.size + tests.length);
    expect(await compare(ours, theirs, declared.tables)).toEqual({ differences: {}, rows: 8 });
  });

  it("from the marketplace's project", { timeout: 900_000 }, async () => {
    const directory = path.join(process.cwd(), "db", "marts", "auto-marketplace");
    const conformed = await writeConformedWorld(folder, { sellers: 60, end: "2026-11-01T00:00:00Z" });
    const augment = path.join(folder, "augment");
    await mkdir(augment);
    const vars = { conformed, augment, stamp: "v2026.11", end: "2026-11-01 00:00:00" };
    const exclude = ["tag:augment+"];
    const { ours, theirs, project, declared } = await buildTwice({ directory, vars, exclude });
    const augmented = new Set(
      [...project.models.values()]
        .filter(({ config }) => config.tags.includes("augment"))
        .map(({ name }) => name.toUpperCase()),
    );
    const tables = declared.tables.filter(({ name }) => !augmented.has(name));
    expect(tables.length).toBeGreaterThan(30);
    const { differences, rows } = await compare(ours, theirs, tables);
    expect(differences).toEqual({});
    expect(rows).toBeGreaterThan(1000);
  });
});
