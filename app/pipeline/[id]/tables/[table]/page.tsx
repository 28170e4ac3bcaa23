import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { NothingLeft, TakenOver } from "@/app/pipeline/nothing-left";
import { projectStep, readProject } from "@/app/pipeline/read-project";
import { readRunSteps } from "@/app/pipeline/read-run-steps";
import { readTableDocs } from "@/app/pipeline/table-docs";
import { orNotFound } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { SqlText } from "@/components/cards/sql-card";
import { plural } from "@/components/format";
import { SearchBox } from "@/components/marts/search-box";
import { DocsColumns } from "@/components/pipeline/docs-columns";
import { DocsFacts } from "@/components/pipeline/docs-facts";
import { DocsTests } from "@/components/pipeline/docs-tests";
import { CopyButton } from "@/components/ui/copy-button";

interface Props {
  params: Promise<{ id: string; table: string }>;
  searchParams: Promise<{ q?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).table };
}

export default async function TablePage({ params, searchParams }: Props) {
  const { id, table: name } = await params;
  const viewer = await currentViewer();
  const run = await orNotFound(readRunSteps(viewer, id));
  const { q } = await searchParams;
  const query = typeof q === "string" ? q.slice(0, 200) : "";
  const project = await readProject(run);
  if (!project) {
    return (
      <div className="px-4 py-5 sm:px-6">
        <NothingLeft viewer={viewer} of={run} step={projectStep(run)} />
      </div>
    );
  }
  const table = await readTableDocs(run, project, name, query);
  if (!table) notFound();
  const { columns, sql } = table;
  return (
    <div className="mx-auto max-w-[56rem] space-y-5 px-4 py-5 sm:px-6">
      <TakenOver of={run} step={projectStep(run)} />
      <header>
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 className="font-mono text-sm font-semibold [overflow-wrap:anywhere]">{table.name}</h2>
          <Link
            href={`/pipeline/${id}/lineage?table=${encodeURIComponent(table.id)}`}
            prefetch={false}
            className="text-xs text-accent hover:underline"
          >
            Its place in the lineage
          </Link>
        </div>
        <p className="mt-0.5 text-[0.8125rem] text-dim">{table.description}</p>
      </header>
      <DocsFacts table={table} />
      <Part title="Tests">
        <DocsTests tests={table.tests} />
      </Part>
      <Part title="Columns">
        <div className="space-y-2">
          <SearchBox initial={query} label={`Search in ${table.name}`} />
          {columns.all === 0 ? (
            <p className="text-dim">Nothing matches “{query}”. Try fewer or other words.</p>
          ) : (
            <DocsColumns columns={columns.shown} />
          )}
          {columns.all > columns.shown.length && (
            <p className="text-xs text-dim">
              The first {columns.shown.length} of {plural(columns.all, "column")}. Search to see the others.
            </p>
          )}
        </div>
      </Part>
      <Part title="SQL as it was run" aside={<CopyButton text={sql} label="Copy the SQL" caption="Copy" />}>
        <div className="overflow-hidden rounded-lg border border-line">
          <SqlText sql={sql} />
        </div>
      </Part>
    </div>
  );
}

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <div className="mb-1.5 flex items-center justify-between gap-3">
        <h3 className="text-[0.8125rem] font-semibold">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
