import { type Registry, tableWords } from "@/lib/registry";

/** A request that this mart can answer, for whoever does not know what to say. */
export function exampleRequest({ tables }: Registry): string {
  const entity = tables.find((table) => table.kind === "entity")?.entity ?? tables[0]?.entity ?? "row";
  const table = tables.find((candidate) => candidate.kind === "feature") ?? tables[0];
  return `“${tableWords(table?.name ?? "all")} features for every ${entity}”`;
}
