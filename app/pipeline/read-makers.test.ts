import path from "node:path";
import { beforeAll, expect, it } from "vitest";
import { sayMakers } from "@/components/pipeline/say-makers";
import type { Manifest } from "@/lib/dbt";
import { openObjectStore } from "@/lib/objects";
import { stepFiles } from "@/lib/pipeline/step-context";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { aRunOf } from "@/tests/support/a-run-of";
import { setUpDataFolder } from "@/tests/support/data-folder";
import { readMakers } from "./read-makers";
import type { RunSteps } from "./read-run-steps";

const parameters = { mart: "auto-marketplace", stamp: "v2026.11", start: "", end: "", previous: null };
const source = (name: string, columns: string[]) => ({
  ...{ unique_id: `source.m.augment.${name}`, resource_type: "source", source_name: "augment", name },
  columns: Object.fromEntries(columns.map((column) => [column, { name: column }])),
});
const manifest = {
  sources: {
    judgements: source("area_judgements", ["area_id", "maker"]),
    vectors: source("area_similarities", ["area_id", "maker"]),
    gone: source("area_remarks", ["area_id", "maker"]),
    rings: source("area_poi_rings", ["area_id", "pois"]),
  },
} as unknown as Manifest;

const folder = setUpDataFolder();
let of: RunSteps;
beforeAll(async () => {
  const store = openObjectStore();
  const files = stepFiles(store, parameters, "augment", folder());
  const engine = await openDuckDbWriter(path.join(folder(), "made.duckdb"));
  const made = { area_judgements: ["gpt-5-mini", "offline"], area_similarities: ["latent vectors"] };
  for (const [table, makers] of Object.entries(made)) {
    const file = path.join(folder(), `${table}.parquet`);
    const rows = makers.map(
      (maker, at) => `('A${at}', ${quoteText(maker)}), ('B${at}', ${quoteText(maker)})`,
    );
    await engine.run(`copy (from (values ${rows}) t(area_id, maker)) to ${quoteText(file)}`);
    await files.write(`${table}.parquet`, file);
  }
  await engine.close();
  of = aRunOf(parameters, { augment: { status: "succeeded", files: files.written } });
});

const saidOf = async (...sources: string[]) =>
  (await readMakers(of, manifest, sources)).map(({ table, makers }) => `${table}: ${sayMakers(makers)}`);

it("says of a column who made the computed tables it comes from, and nothing of what plain code computes", async () => {
  expect(await saidOf("augment.area_judgements.quality_score", "conformed.areas.area_id")).toEqual([
    "area_judgements: the model gpt-5-mini and the offline scorer",
  ]);
  expect(await saidOf("augment.area_similarities.similarity", "augment.area_poi_rings.pois")).toEqual([
    "area_similarities: vectors computed from the texts themselves",
  ]);
  expect(await saidOf("conformed.listings.photos")).toEqual([]);
});

it("does not take the file of another run for this one's", async () => {
  const files = [{ name: "area_judgements.parquet", rows: 1, bytes: 1, sha256: "0".repeat(64) }];
  const other = aRunOf(parameters, { augment: { status: "succeeded", files } });
  expect(await readMakers(other, manifest, ["augment.area_judgements.quality_score"])).toEqual([
    { table: "area_judgements", makers: [] },
  ]);
});

it("says so where the files of an old stamp are gone", async () => {
  expect(await saidOf("augment.area_remarks.weight")).toEqual([
    "area_remarks: a maker that is no longer known",
  ]);
});
