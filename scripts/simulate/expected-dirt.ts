import type { QuarantineReason } from "@/lib/pipeline/steps";
import { quoteText } from "@/lib/warehouse";
import type { World } from "./world-query";

/** Rows that a pipeline has to set aside; `table` is the feed's name for lines that cannot be read at all. */
export interface ExpectedDirt {
  source: string;
  table: string;
  reason: QuarantineReason;
  column: string | null;
  rows: number;
}

/**
 * What a reading of `[start, end)` (ISO 8601) has to set aside; of everything where none is given. Rows without a time are in
 * every reading. Files are read whole whatever the start is.
 */
export async function expectedDirt(
  world: World,
  end = "9999-01-01T00:00:00Z",
  start = "0001-01-01T00:00:00Z",
): Promise<ExpectedDirt[]> {
  const { rows } = await world.query(`
    select source, name, reason, col, count(*) from served.dirt
    where told_at is null
      or ((told_at >= ${moment(start)} or source in ('census', 'maps')) and told_at < ${moment(end)})
    group by all order by all`);
  return rows.map(([source, table, reason, column, count]) => ({
    source: String(source),
    table: String(table),
    reason: String(reason) as QuarantineReason,
    column: column === null ? null : String(column),
    rows: Number(count),
  }));
}

function moment(iso: string): string {
  return `timestamp ${quoteText(iso.slice(0, 19).replace("T", " "))}`;
}
