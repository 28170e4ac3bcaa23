import { NothingLeft, TakenOver } from "@/app/pipeline/nothing-left";
import { readGates } from "@/app/pipeline/read-gates";
import { readRunSteps } from "@/app/pipeline/read-run-steps";
import { orNotFound } from "@/app/pipeline/view-run";
import { currentViewer } from "@/app/viewer";
import { formatCount } from "@/components/format";
import { SearchBox } from "@/components/marts/search-box";
import { CheckList } from "@/components/pipeline/check-list";
import { driftAnchor } from "@/components/pipeline/drift-anchor";
import { DriftCard } from "@/components/pipeline/drift-card";
import { GateCounts } from "@/components/pipeline/gate-counts";
import type { GatesView } from "@/components/pipeline/gates-types";

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function GatesPage({ params, searchParams }: Props) {
  const viewer = await currentViewer();
  const run = await orNotFound(readRunSteps(viewer, (await params).id));
  const { q } = await searchParams;
  const query = typeof q === "string" ? q.slice(0, 200) : "";
  const gates = await readGates(run, query);
  return (
    <div className="mx-auto max-w-[68rem] space-y-4 px-4 py-5 sm:px-6">
      {gates ? (
        <>
          <TakenOver of={run} step="gate" />
          <Gates gates={gates} query={query} />
        </>
      ) : (
        <NothingLeft viewer={viewer} of={run} step="gate" />
      )}
    </div>
  );
}

function Gates({ gates, query }: { gates: GatesView; query: string }) {
  const { failed, warned, others, plots, reference, stamp } = gates;
  const linked = new Set(plots.shown.map(driftAnchor));
  const isEmpty = query !== "" && failed.all + warned.all + others.all + plots.all === 0;
  return (
    <>
      <p className="text-[0.8125rem]">
        {gates.halted
          ? "A gate failed, so this stamp was not published: what was current before is current still. "
          : "Every gate let this stamp pass. "}
        <span className="text-dim">
          {reference
            ? `Columns are compared with ${reference}.`
            : "It is the first stamp, so there was nothing to compare its columns with."}
        </span>
      </p>
      <GateCounts counts={gates.counts} />
      <SearchBox initial={query} label="Search a table or a column" />
      {isEmpty && <p className="text-dim">No check is about “{query}”. Try a part of the name.</p>}
      <CheckList title="Failed" {...failed} linked={linked} />
      <CheckList title="Warnings" {...warned} linked={linked} />
      {plots.shown.length > 0 && reference && (
        <section aria-label="Distributions">
          <h2 className="text-[0.8125rem] font-semibold">Distributions</h2>
          <p className="mb-2 text-xs text-dim">{sayOf(gates, query)}</p>
          <div className="grid gap-3 lg:grid-cols-2">
            {plots.shown.map((detail) => (
              <DriftCard key={driftAnchor(detail)} detail={detail} stamps={{ reference, current: stamp }} />
            ))}
          </div>
        </section>
      )}
      <CheckList title="Other checks" {...others} linked={linked} />
    </>
  );
}

function sayOf({ plots, drifted, compared }: GatesView, query: string): string {
  if (query !== "") return `${plots.shown.length} of ${formatCount(plots.all)} columns that match.`;
  const rest = `Search to see any other of the ${formatCount(compared)} columns compared.`;
  if (drifted === 0) return `No column drifted; these moved most. ${rest}`;
  if (plots.shown.length < drifted)
    return `The ${plots.shown.length} worst of ${drifted} that drifted. ${rest}`;
  return `What drifted${plots.shown.length > drifted ? ", and what moved most besides" : ""}. ${rest}`;
}
