import { readFile } from "node:fs/promises";
import type { DeclaredRegistry } from "@/lib/registry";
import { martFile } from "./model";
import { models } from "./tables";

export const martName = "auto-marketplace";
export const stamp = "v2026.11";
/** Everything in the mart was known by then. */
export const asOf = "2026-11-01T00:00:00Z";

/** What the models say of themselves, as one declaration; a feature's owner is its table's. */
export async function declareMart(): Promise<DeclaredRegistry> {
  return {
    mart: martName,
    title: "Used-car marketplace, India",
    stamp,
    asOf,
    tables: models.map(({ table }) => table),
    features: models.flatMap(({ table, columns }) =>
      columns.map(({ sql: _sql, stage: _stage, isKey = false, pii = false, ...column }) => ({
        ...column,
        table: table.name,
        isKey,
        pii,
        owner: table.owner,
      })),
    ),
    entities: [
      { name: "seller", plural: "sellers", synonyms: ["dealer", "vendor", "merchant", "dealership"] },
      { name: "city", plural: "cities", synonyms: ["town", "metro"] },
      { name: "area", plural: "areas", synonyms: ["neighbourhood", "locality", "hexagon", "cell"] },
      { name: "listing", plural: "listings", synonyms: ["ad", "advert", "car for sale", "vehicle"] },
      { name: "seller_month", plural: "seller months", synonyms: ["monthly snapshot"] },
      { name: "seller_campaign", plural: "seller campaigns", synonyms: ["campaign membership"] },
    ],
    aliases: { ...(await cityAliases()), ...otherNames },
  };
}

async function cityAliases(): Promise<Record<string, string[]>> {
  const [, ...lines] = (await readFile(martFile("seeds", "cities.csv"), "utf8")).trim().split("\n");
  return Object.fromEntries(
    lines
      .map((line) => line.split(","))
      .map((cells): [string, string[]] => [cells[1] ?? "", (cells.at(-1) ?? "").split("|").filter(Boolean)])
      .filter(([, aliases]) => aliases.length > 0),
  );
}

const otherNames: Record<string, string[]> = {
  independent_dealer: ["independent dealer", "used car dealer", "non-franchise dealer"],
  franchise_dealer: ["franchise dealer", "authorised dealer", "authorized dealer", "brand dealer"],
  fleet_operator: ["fleet operator", "fleet", "cab company"],
  individual: ["private seller", "private owner", "owner seller"],
  broker: ["agent", "middleman", "commission agent"],
  "Tier 1": ["tier one", "metro", "metros", "tier-1"],
  "Tier 2": ["tier two", "tier-2"],
  "Tier 3": ["tier three", "tier-3", "small town"],
  "Maruti Suzuki": ["Maruti", "Suzuki"],
  "Mercedes-Benz": ["Mercedes", "Benz", "Merc"],
  suv: ["sport utility vehicle", "SUVs"],
  mpv: ["people carrier", "minivan"],
  dormant: ["inactive", "gone quiet", "lapsed"],
  churned: ["lost", "left"],
};
