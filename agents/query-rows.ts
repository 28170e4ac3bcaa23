import { drawChart } from "@/lib/charts";
import { sha256 } from "@/lib/feature-set";
import type { FreeSqlResult } from "@/lib/free-sql";
import type { ObjectStore } from "@/lib/objects";
import type { Cell } from "@/lib/warehouse";
import { previewsOf } from "./forget-conversation";
import type { QueryRows } from "./parts";

/** What a message holds of a result: it is stored with every event, and sent again at every reload. */
const most = { rows: 200, bytes: 100_000, cell: 2000 };

/**
 * A result as it stands in a message: its chart, and as many of its first rows as a message holds. Where those are not all,
 * all of them are kept beside the conversation's previews.
 */
export async function keepRows(
  result: FreeSqlResult,
  { store, conversationId, proposal }: { store: ObjectStore; conversationId: string; proposal: unknown },
): Promise<QueryRows> {
  const columns = result.columns.map(({ name, type }) => ({ name: storable(name), type }));
  const rows = result.rows.map((row) => row.map(storableCell));
  const shown = firstRows(rows);
  const isWhole =
    shown.length === rows.length && rows.every((row) => row.every((cell) => cut(cell) === cell));
  const { truncated, seconds } = result;
  return {
    ...{ columns, rows: shown, rowCount: rows.length, truncated, seconds },
    chart: drawChart({ columns, rows, truncated }, proposal),
    stored: isWhole ? null : { conversationId, name: await keep(JSON.stringify({ columns, rows })) },
  };

  async function keep(body: string): Promise<string> {
    const name = sha256(body).slice(0, 32);
    await store.putIfAbsent(queryRowsKey(conversationId, name), body);
    return name;
  }
}

/** Where all rows of a result are, by the hash that the message names. */
export function queryRowsKey(conversationId: string, name: string): string {
  return `${previewsOf(conversationId)}/query-${name}.json`;
}

function firstRows(rows: Cell[][]): Cell[][] {
  const shown: Cell[][] = [];
  let bytes = 0;
  for (const row of rows.slice(0, most.rows)) {
    const fitting = row.map(cut);
    bytes += Buffer.byteLength(JSON.stringify(fitting));
    if (bytes > most.bytes) break;
    shown.push(fitting);
  }
  return shown;
}

function cut(cell: Cell): Cell {
  // By characters, so that none is cut in two.
  return typeof cell === "string" && cell.length > most.cell
    ? `${[...cell.slice(0, most.cell)].slice(0, -1).join("")}…`
    : cell;
}

function storableCell(cell: Cell): Cell {
  return typeof cell === "string" ? storable(cell) : cell;
}

/** PostgreSQL keeps no NUL in its JSON: the sign for it stands in its place. */
function storable(text: string): string {
  return text.replaceAll("\0", "␀");
}
