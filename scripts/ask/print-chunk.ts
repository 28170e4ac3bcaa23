import type { MessageChunk } from "@/agents/message-writer";
import type { ExportPart, ResultPart, TablesPart } from "@/agents/parts";
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
