import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { config } from "@/lib/config";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { requests } from "./requests";
import { sourceTables } from "./sources";

/** What the pipeline has to know of the used-car marketplace. */
export const autoMarketplace: PipelineMart = {
  name: "auto-marketplace",
  title: "Used-car marketplace, India",
  sources: sourceTables,
  // Joined here and not at once: the bundler would take the folder's whole content in.
  projectDirectory: path.join(process.cwd(), "db", "marts", "auto-marketplace"),
  entities: [
    { name: "seller", plural: "sellers", synonyms: ["dealer", "vendor", "merchant", "dealership"] },
    { name: "city", plural: "cities", synonyms: ["town", "metro"] },
    { name: "area", plural: "areas", synonyms: ["neighbourhood", "locality", "hexagon", "cell"] },
    { name: "listing", plural: "listings", synonyms: ["ad", "advert", "car for sale", "vehicle"] },
    { name: "buyer", plural: "buyers", synonyms: ["customer", "shopper", "borrower", "applicant"] },
    { name: "campaign", plural: "campaigns", synonyms: ["promotion", "marketing campaign"] },
    { name: "seller_month", plural: "seller months", synonyms: ["monthly snapshot"] },
    { name: "seller_campaign", plural: "seller campaigns", synonyms: ["campaign membership"] },
  ],
  aliases: async (files) => ({
    ...(await cityAliases(await files.read("conform", "cities.parquet"))),
    ...otherNames,
  }),
  requests,
  // Loaded when it is run: geometry and models are no part of the pages.
  augment: async (context) => (await import("./augment")).augment(context),
  knownUntil: () => {
    const isSimulated = Object.values(config().sources).every((address) => address === null);
    return isSimulated ? "2026-12-01T00:00:00Z" : null;
  },
};

async function cityAliases(file: string): Promise<Record<string, string[]>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "aliases-"));
  const engine = await openDuckDbWriter(path.join(folder, "aliases.duckdb"), { threads: 1 });
  try {
    const { rows } = await engine.query(
      `SELECT city_name, aliases FROM read_parquet(${quoteText(file)}) WHERE aliases IS NOT NULL ORDER BY 1`,
    );
    return Object.fromEntries(
      rows.map(([name, aliases]) => [String(name), String(aliases).split("|").filter(Boolean)]),
    );
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How people call the values of other columns. */
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
