import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { toAppError } from "@/lib/errors";
import { openDuckDbWarehouse } from "@/lib/warehouse/duckdb";
import type { Answer, Task } from "./messages";

/**
 * The program of the process that runs one statement over a mart's file: a task comes on stdin, answers go to stdout. It has
 * no settings and no secrets, reads no file but the mart's, and ends when whoever started it is gone.
 */
const lines = createInterface({ input: process.stdin });
lines.once("line", (line) => run(JSON.parse(line)));
lines.once("close", () => process.kill(process.pid, "SIGKILL"));

async function run({ file, sql, memory, maximumBytes, seconds }: Task): Promise<void> {
  // Should whoever watches have forgotten it.
  setTimeout(() => process.kill(process.pid, "SIGKILL"), (seconds + 60) * 1000);
  const mart = path.resolve(file);
  process.chdir(os.tmpdir());
  try {
    const limits = { memoryLimit: memory, threads: 1, spill: false } as const;
    const engine = await openDuckDbWarehouse({ path: mart, writableDirectories: [], ...limits });
    await tell({ type: "ready" });
    const { columns, rows, truncated } = await engine.query(sql, { maximumBytes });
    await tell({ type: "columns", columns });
    for (const row of rows) await tell({ type: "row", row });
    await tell({ type: "end", truncated });
  } catch (thrown) {
    const { code, message, details, cause } = toAppError(thrown);
    const text = cause instanceof Error ? cause.message : message;
    await tell({ type: "error", code, kind: String(details.kind ?? "Unknown"), text: text.slice(0, 4000) });
  }
}

function tell(answer: Answer): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => resolve()));
}
