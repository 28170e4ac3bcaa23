import { copyFile, mkdir, rm, stat } from "node:fs/promises";
import { config } from "@/lib/config";
import { declareTables, readProject } from "@/lib/dbt";
import { buildFileOf, currentStamp, placeOf, publishMart, removeLeftovers } from "@/lib/mart";
import { measureRegistry, type Registry, writeRegistry } from "@/lib/registry";
import { openDuckDbWriter } from "@/lib/warehouse";
import type { PipelineMart, Step } from "../mart";
import { expandRequest } from "../saved-requests";
import type { StepContext } from "../step-context";

/**
 * Writes the registries, with statistics, beside the tables that passed the gates, and publishes the file as the mart of its
 * stamp, to whatever warehouse the settings name. What is current moves in one step, and never back to an older stamp.
 */
export const publish: Step = async (context, mart) => {
  const { parameters, files } = context;
  const place = placeOf(mart.name);
  await mkdir(place.directory, { recursive: true });
  await removeLeftovers(place);
  const file = buildFileOf(place, parameters.stamp);
  try {
    await copyFile(await files.read("augment", "mart.duckdb"), file);
    const registry = await register(file, context, mart);
    await files.writeJson("registry.json", registry);
    const { size } = await stat(file);
    await publishMart(mart.name, parameters.stamp, file, {
      signal: context.signal,
      onTable: (table, done, total) => context.progress(`loading ${table}`, done, total),
    });
    const current = (await currentStamp(place)) ?? parameters.stamp;
    await files.writeJson("publication.json", publicationOf(registry, size, current === parameters.stamp));
    const features = registry.features.filter(({ isKey }) => !isKey).length;
    context.log(
      `published ${mart.name} ${parameters.stamp}: ${registry.tables.length} tables, ${features} features`,
    );
    return {
      quarantine: [],
      facts: [
        { label: "tables", value: registry.tables.length },
        { label: "features", value: features },
        { label: "size", value: size, unit: "bytes" },
        { label: "current stamp", value: current },
      ],
    };
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.wal`, { force: true });
  }
};

async function register(file: string, context: StepContext, mart: PipelineMart): Promise<Registry> {
  const { tables, features } = declareTables(await readProject(mart.projectDirectory));
  const writer = await openDuckDbWriter(file, config().engine);
  try {
    const registry = await measureRegistry(
      writer,
      {
        ...{ mart: mart.name, title: mart.title, stamp: context.parameters.stamp, tables, features },
        asOf: new Date(context.parameters.end).toISOString(),
        entities: mart.entities,
        requests: mart.requests?.map((spec) => expandRequest(spec, features)),
        aliases: await mart.aliases(context.files),
      },
      { onTable: (table, done, total) => context.progress(table, done, total) },
    );
    await writeRegistry(writer, registry);
    return registry;
  } finally {
    await writer.close();
  }
}

function publicationOf(registry: Registry, bytes: number, current: boolean) {
  const { mart, stamp, asOf, contentHash, tables, features } = registry;
  return { mart, stamp, asOf, contentHash, current, bytes, tables: tables.length, columns: features.length };
}
