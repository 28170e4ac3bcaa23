import type { Readable } from "node:stream";
import { AppError } from "@/lib/errors";
import { takeRows } from "../take-rows";
import { cellReader, columnTypeOf } from "./cells";
import type { StatementResult } from "./connection";
import { ResultGone, SessionLost, statementError } from "./driver-error";
import type { Patience } from "./limits";

/** What is read of the SDK's statement once its query is finished. */
interface FinishedStatement {
  getColumns():
    | {
        getName(): string;
        getType(): string;
        getPrecision(): number | null | undefined;
        getScale(): number | null | undefined;
      }[]
    | undefined;
  /** As the service declares it. */
  getNumRows(): number;
  streamRows(): Readable;
}

/**
 * Every row up to so many bytes, never some of the rows: what the service declared must be what came.
 * @throws AppError RESULT_INCOMPLETE; SessionLost, ResultGone
 */
export async function readResult(
  finished: FinishedStatement,
  patience: Patience,
  maximumBytes?: number,
): Promise<StatementResult> {
  const declared = (finished.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType().toLowerCase(),
    precision: column.getPrecision() ?? 38,
    scale: column.getScale() ?? 0,
  }));
  const readers = declared.map(cellReader);
  const expected = finished.getNumRows();
  let received = 0;
  const stream = finished.streamRows();
  // A part of a result that cannot be read makes the SDK fall silent instead of failing.
  const watch = setTimeout(() => stream.destroy(new Error("no row came in time")), patience.row);
  const cells = async function* () {
    for await (const row of stream) {
      watch.refresh();
      received++;
      yield readers.map((read, index) => read(row[index]));
    }
  };
  const incomplete = (cause?: unknown) =>
    new AppError("RESULT_INCOMPLETE", undefined, { details: { expected, received }, cause });
  const taken = await takeRows(cells(), maximumBytes)
    .catch((cause) => {
      const lost = statementError(cause);
      throw lost instanceof SessionLost || lost instanceof ResultGone ? lost : incomplete(cause);
    })
    .finally(() => {
      clearTimeout(watch);
      stream.destroy();
    });
  if (!taken.truncated && received !== expected) throw incomplete();
  return {
    columns: declared.map((column) => ({ name: column.name, type: columnTypeOf(column) })),
    ...taken,
    declared,
  };
}
