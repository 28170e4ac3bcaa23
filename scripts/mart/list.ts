import { listMarts, openMart } from "@/lib/mart";

export const listUsage = "  npm run mart -- list                              the marts there are";

/** One line per mart: name, stamp, size, title. */
export async function printMarts(): Promise<void> {
  const marts = await listMarts();
  if (marts.length === 0)
    console.log(
      "There are no marts yet. `npm run pipeline -- run --stamp v2026.11` builds the marketplace's.",
    );
  for (const { name, stamp } of marts) {
    const { title, registry } = await openMart(name);
    const features = registry.features.filter((feature) => !feature.isKey).length;
    console.log(`${name}  ${stamp}  ${registry.tables.length} tables, ${features} features  ${title}`);
  }
}
