import type { Metadata } from "next";
import Link from "next/link";
import { currentViewer } from "@/app/viewer";
import { formatCount, plural } from "@/components/format";
import { FeatureTable } from "@/components/marts/feature-table";
import { MartTrouble } from "@/components/marts/mart-trouble";
import { SearchBox } from "@/components/marts/search-box";
import { TableFacts } from "@/components/marts/table-facts";
import { buttonClass } from "@/components/ui/button";
import type { Registry } from "@/lib/registry";
import { answerOrTrouble } from "../answer-in-time";
import { countsOf, martOrNotFound, openVisibleMart } from "../read-marts";

interface Props {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ table?: string | string[]; q?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await params).name };
}

const PAGE = 300;

export default async function MartPage({ params, searchParams }: Props) {
  const { name } = await params;
  const read = await answerOrTrouble(martOrNotFound(openVisibleMart(await currentViewer(), name)));
  if ("trouble" in read) return <MartTrouble sentence={read.trouble} />;
  const { mart, own, description } = read.answer;
  const { registry } = mart;
  const asked = await searchParams;
  const query = typeof asked.q === "string" ? asked.q.slice(0, 200) : "";
  const open = registry.tables.find((table) => table.name === asked.table);
  const found = findFeatures(registry, query, open?.name);
  const counts = countsOf(registry);
  const address = (table?: string) => {
    const search = new URLSearchParams({ ...(table ? { table } : {}), ...(query ? { q: query } : {}) });
    return `/marts/${name}${search.size > 0 ? `?${search}` : ""}`;
  };

  return (
    <main className="scroll-slim min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-[68rem] px-4 py-6 sm:px-6">
        <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
          <div>
            <h1 className="text-lg font-semibold tracking-tight">{mart.title}</h1>
            <p className="text-xs text-dim">
              {plural(counts.tables, "table")}, {plural(counts.features, "feature")} · stamp {mart.stamp} ·
              knows up to {registry.asOf.slice(0, 16).replace("T", " ")} UTC
            </p>
            {own && !description && (
              <p className="text-xs text-dim">
                This server does not have the files that it was made of, or cannot read their description. To
                change it, add the files again under the same name.
              </p>
            )}
          </div>
          <div className="flex gap-2">
            {description && (
              <Link href={`/marts/${name}/review`} className={buttonClass()}>
                Correct what was inferred
              </Link>
            )}
            <Link href={`/?mart=${name}`} className={buttonClass("primary")}>
              Build a matrix
            </Link>
          </div>
        </header>
        <div className="grid gap-x-6 gap-y-4 md:grid-cols-[15rem_minmax(0,1fr)]">
          <nav aria-label="Tables" className="min-w-0">
            <ul className="space-y-px">
              <TableLink href={address()} label="All tables" count={counts.features} current={!open} />
              {registry.tables.map((table) => (
                <TableLink
                  key={table.name}
                  href={address(table.name)}
                  label={table.name}
                  count={registry.features.filter((f) => f.table === table.name && !f.isKey).length}
                  current={table === open}
                />
              ))}
            </ul>
          </nav>
          <section aria-label="Features" className="min-w-0 space-y-3">
            <SearchBox
              key={open?.name}
              initial={query}
              label={open ? `Search in ${open.name}` : "Search all features"}
            />
            {open && <TableFacts table={open} />}
            <FeatureTable features={found.slice(0, PAGE)} showTable={!open} />
            {found.length === 0 && (
              <p className="text-dim">Nothing matches “{query}”. Try fewer or other words.</p>
            )}
            {found.length > PAGE && (
              <p className="text-xs text-dim">
                The first {PAGE} of {plural(found.length, "feature")}. Search to see the others.
              </p>
            )}
          </section>
        </div>
      </div>
    </main>
  );
}

function findFeatures({ features }: Registry, query: string, table: string | undefined) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return features.filter(
    (feature) =>
      (!table || feature.table === table) &&
      words.every((word) =>
        `${feature.name} ${feature.description} ${feature.family} ${feature.table}`
          .toLowerCase()
          .includes(word),
      ),
  );
}

function TableLink(link: { href: string; label: string; count: number; current: boolean }) {
  return (
    <li>
      <Link
        href={link.href}
        scroll={false}
        aria-current={link.current ? "true" : undefined}
        className="flex items-baseline justify-between gap-2 rounded-md px-2 py-1 text-xs text-dim hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:text-ink"
      >
        <span className="min-w-0 truncate font-mono" title={link.label}>
          {link.label}
        </span>
        <span className="tabular-nums text-faint">{formatCount(link.count)}</span>
      </Link>
    </li>
  );
}
