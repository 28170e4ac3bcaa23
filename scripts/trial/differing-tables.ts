import { openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";

export interface DifferingTable {
  table: string;
  /** Rows, counted as often as they occur, that are in one file alone. */
  onlyLeft: number;
  onlyRight: number;
}

/** Holds every table of two marts against the other's, row by row and both ways; a table that only one has is an error of the engine. */
export async function differingTables(
  left: string,
  right: string,
  scratch: string,
): Promise<{ tables: number; rows: number; differing: DifferingTable[] }> {
  const engine = await openDuckDbWriter(`${scratch}.duckdb`);
  try {
    await engine.run(
      `attach ${quoteText(left)} as l (read_only); attach ${quoteText(right)} as r (read_only)`,
    );
    const { rows: names } = await engine.query(
      "select distinct table_name from duckdb_tables() where database_name in ('l', 'r') order by 1",
    );
    const differing: DifferingTable[] = [];
    let rows = 0;
    for (const [name] of names) {
      const [l, r] = ["l", "r"].map((file) => `from ${file}.main.${quoteName(String(name))}`);
      const found = await engine.query(
        `select (select count(*) ${l}), (select count(*) from (${l} except all ${r})), (select count(*) from (${r} except all ${l}))`,
      );
      const [all = 0, onlyLeft = 0, onlyRight = 0] = (found.rows[0] ?? []).map(Number);
      rows += all;
      if (onlyLeft + onlyRight > 0) differing.push({ table: String(name), onlyLeft, onlyRight });
    }
    return { tables: names.length, rows, differing };
  } finally {
    await engine.close();
  }
}
