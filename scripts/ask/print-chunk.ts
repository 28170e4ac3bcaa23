import type { MessageChunk } from "@/agents/message-writer";
import type { ExportPart, QueryPart, ResultPart, TablesPart } from "@/agents/parts";
import { count } from "@/lib/figures";

/** Prints one event of a turn: progress to stderr, what a person asked for to stdout. */
export function printChunk(chunk: MessageChunk): void {
  switch (chunk.type) {
    case "text-delta":
      console.log(`\n${chunk.delta}`);
      break;
    case "data-progress": {
      const { label, state, milliseconds } = chunk.data;
      if (state === "running") console.error(`… ${label}`);
      else console.error(`${state === "done" ? "✓" : "✗"} ${label} (${milliseconds} ms)`);
      break;
    }
    case "data-plan":
      console.log(`\nPlan (${chunk.data.planner} planner)`);
      for (const { agent, title } of chunk.data.subTasks) console.log(`  ${agent}: ${title}`);
      break;
    case "data-tables":
      printTables(chunk.data);
      break;
    case "data-sql":
      console.log(
        `\nSQL: ${chunk.data.title}, ${chunk.data.sql.split("\n").length} lines, sha256 ${chunk.data.hash.slice(0, 12)}`,
      );
      break;
    case "data-query":
      printQuery(chunk.data);
      break;
    case "data-result":
      printReport(chunk.data);
      break;
    case "data-check":
      console.log("\nCheck of the set");
      for (const { level, text } of chunk.data.findings) console.log(`  ${marks[level]} ${text}`);
      break;
    case "data-export":
      printExport(chunk.data);
      break;
    case "data-notice":
      console.error(`${chunk.data.level === "info" ? "·" : "!"} ${chunk.data.text}`);
      break;
    default:
      break;
  }
}

const marks = { ok: "✓", note: "·", warning: "!" } as const;
const percent = (rate: number) => `${(rate * 100).toFixed(1)}%`;

function printTables({ tables, searchedBy }: TablesPart): void {
  console.log(`\nTables (${searchedBy})`);
  for (const table of tables) {
    const why = table.why.map(({ word, met }) => `${word} → ${met.slice(0, 2).join(", ")}`).join("; ");
    console.log(
      `  ${table.chosen ? "[x]" : "[ ]"} ${table.score.toFixed(2)}  ${table.table}  ${table.cardinality}, ${count(table.chosenFeatures)} features${why ? `  (${why})` : ""}`,
    );
  }
}

const mostRows = 20;

/** The statement once, then its first rows as a table. */
function printQuery({ sql, state, reading, result }: QueryPart): void {
  if (state === "running") console.log(`\n${reading ? `${reading}\n\n` : ""}${sql}`);
  if (!result) return;
  const { columns, rows, rowCount, truncated, seconds } = result;
  const cells = [
    columns.map(({ name }) => name),
    ...rows
      .slice(0, mostRows)
      .map((row) => row.map((cell) => (cell === null ? "NULL" : String(cell)).slice(0, 40))),
  ].map((row) => row.map(printable));
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  console.log("");
  for (const row of cells)
    console.log(`  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
  const more = rowCount > mostRows ? `, the first ${mostRows} shown` : "";
  console.log(
    `  ${count(rowCount)}${truncated ? " rows read, there are more" : " rows"}${more}, ${seconds.toFixed(2)} s`,
  );
}

/** A cell may hold what a terminal obeys. */
const printable = (text: string) => text.replace(/\p{Cc}+/gu, " ");

function printReport({ report }: ResultPart): void {
  console.log(
    `\nMatrix: ${count(report.rows)} rows × ${count(report.features)} features, ${count(report.duplicateKeys)} duplicate keys`,
  );
  for (const join of report.joins) {
    console.log(
      `  ${join.alias}: ${count(join.matched)} of ${count(report.rows)} rows matched (${percent(join.rate)})`,
    );
  }
  for (const warning of report.warnings) console.log(`  ! ${warning}`);
  const worst = report.nulls.filter(({ rate }) => rate > 0).slice(0, 5);
  if (worst.length > 0) {
    console.log(`  most nulls: ${worst.map(({ column, rate }) => `${column} ${percent(rate)}`).join(", ")}`);
  }
}

function printExport({ stamp, rows, columns, files, contentHash }: ExportPart): void {
  console.log(
    `\nExported ${stamp}: ${count(rows)} rows × ${count(columns)} columns, content ${contentHash.slice(0, 16)}`,
  );
  for (const file of files) {
    console.log(`  ${file.name}  ${count(file.bytes)} bytes  sha256 ${file.sha256}`);
  }
}
