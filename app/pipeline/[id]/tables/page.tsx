import Link from "next/link";
import { NothingLeft, TakenOver } from "@/app/pipeline/nothing-left";
import { projectStep, readProject } from "@/app/pipeline/read-project";
import { readRunSteps } from "@/app/pipeline/read-run-steps";
import { listTables } from "@/app/pipeline/table-docs";
import { orNotFound } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { formatCount, plural } from "@/components/format";

export default async function TablesPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const viewer = await currentViewer();
  const run = await orNotFound(readRunSteps(viewer, id));
  const project = await readProject(run);
  if (!project) {
    return (
      <div className="px-4 py-5 sm:px-6">
        <NothingLeft viewer={viewer} of={run} step={projectStep(run)} />
      </div>
    );
  }
  const tables = listTables(project);
  const columns = tables.reduce((sum, table) => sum + table.columns, 0);
  return (
    <div className="mx-auto max-w-[56rem] space-y-4 px-4 py-5 sm:px-6">
      <TakenOver of={run} step={projectStep(run)} />
      <p className="text-[0.8125rem] text-dim">
        {plural(tables.length, "table")} with {plural(columns, "column")}, as the project declares them.
      </p>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface text-xs">
        {tables.map(({ name, description, entity, columns }) => (
          <li key={name}>
            <Link
              href={`/pipeline/${id}/tables/${name}`}
              prefetch={false}
              className="block px-3.5 py-2 hover:bg-hover"
            >
              <span className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="font-mono font-medium [overflow-wrap:anywhere]">{name}</span>
                <span className="tabular-nums text-faint">
                  {entity.replaceAll("_", " ")} · {formatCount(columns)} columns
                </span>
              </span>
              <span className="line-clamp-2 text-dim">{description}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
