"use client";

import { useState } from "react";
import type { QueryRows } from "@/agents/parts";
import { Chart } from "@/components/charts";
import { fetchOrRefuse, sayWhy } from "@/components/fetch-or-refuse";
import { formatCount, formatDuration, plural } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Icon } from "@/components/ui/icon";
import { CardSection } from "./card";
import { PreviewTable } from "./preview-table";
import { toCsv } from "./to-csv";

/** The rows of a statement, as many as the message holds; the rest comes when it is asked for. */
export function QueryResult({ result, title }: { result: QueryRows; title: string }) {
  const { columns, rowCount, truncated, seconds, chart, stored } = result;
  const [all, setAll] = useState(stored ? null : result.rows);
  const [state, setState] = useState<"idle" | "loading" | { problem: string }>("idle");
  const rows = all ?? result.rows;

  async function allRows(): Promise<QueryRows["rows"]> {
    if (all || !stored) return rows;
    const response = await fetchOrRefuse(
      `/api/conversations/${encodeURIComponent(stored.conversationId)}/queries/${encodeURIComponent(stored.name)}`,
    );
    const whole: Pick<QueryRows, "rows"> = await response.json();
    setAll(whole.rows);
    return whole.rows;
  }

  async function withAllRows(work: (rows: QueryRows["rows"]) => void) {
    setState("loading");
    try {
      work(await allRows());
      setState("idle");
    } catch (error) {
      setState({ problem: sayWhy(error) });
    }
  }

  return (
    <>
      {chart && (
        <CardSection title={chart.title}>
          <Chart chart={chart} />
        </CardSection>
      )}
      {truncated && (
        <p className="flex gap-2 border-t border-line bg-warn-soft px-3.5 py-2">
          <Icon name="warning" className="mt-0.5 size-3.5 text-warn" />
          <span>
            These are the first {plural(rowCount, "row")}; there are more. Filter, group or sort to see what
            you need among them.
          </span>
        </p>
      )}
      <CardSection
        title="Rows"
        aside={`${plural(rowCount, "row")} × ${plural(columns.length, "column")} · ${formatDuration(seconds * 1000)}`}
      >
        <PreviewTable preview={{ columns, rows }} fixed={[]} label="Rows of the result" />
        <div className="mt-2 flex flex-wrap items-center gap-2">
          {rowCount > 0 && (
            <Button
              disabled={state === "loading"}
              onClick={() =>
                withAllRows((whole) => download(toCsv({ columns, rows: whole }), fileName(title)))
              }
            >
              <Icon name="download" /> Download CSV
            </Button>
          )}
          {all === null && (
            <>
              <Button look="quiet" disabled={state === "loading"} onClick={() => withAllRows(() => {})}>
                {rows.length < rowCount ? `Show all ${plural(rowCount, "row")}` : "Show long cells whole"}
              </Button>
              <span className="text-2xs text-faint">
                {rows.length < rowCount
                  ? `${formatCount(rows.length)} of ${plural(rowCount, "row")} shown`
                  : "Long cells are cut"}
              </span>
            </>
          )}
          {typeof state === "object" && (
            <span role="alert" className="text-bad">
              {state.problem}
            </span>
          )}
        </div>
      </CardSection>
    </>
  );
}

function download(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read the address only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function fileName(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
  return `${words || "result"}.csv`;
}
