import { and, eq } from "drizzle-orm";
import type { Viewer } from "@/lib/auth";
import type { QueryJournal } from "@/lib/warehouse";
import { database } from "../client";
import { warehouseQueries } from "../schema";
import { requireRun } from "./ownership";

/**
 * Remembers the queries that a run begins on one build of a mart; another build's rows are other rows. Of a run that is not the
 * viewer's both methods throw AppError NOT_FOUND.
 */
export function queryJournal(viewer: Viewer, runId: string, martBuild: string): QueryJournal {
  return {
    find: async (statement) => {
      await requireRun(viewer, runId);
      const [row] = await database()
        .select({ queryId: warehouseQueries.queryId })
        .from(warehouseQueries)
        .where(
          and(
            eq(warehouseQueries.runId, runId),
            eq(warehouseQueries.martBuild, martBuild),
            eq(warehouseQueries.statement, statement),
          ),
        );
      return row?.queryId ?? null;
    },
    record: async (statement, queryId) => {
      await requireRun(viewer, runId);
      await database()
        .insert(warehouseQueries)
        .values({ runId, martBuild, statement, queryId })
        .onConflictDoUpdate({
          target: [warehouseQueries.runId, warehouseQueries.martBuild, warehouseQueries.statement],
          set: { queryId, createdAt: new Date() },
        });
    },
  };
}
