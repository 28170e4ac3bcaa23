import type { ObjectStore } from "@/lib/objects";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import type { SnowflakeSession } from "@/lib/warehouse/snowflake";
import { type BuildName, begunAt, buildOfSchema, schemaOf, sharedSchema, stagingPrefix } from "./names";
import { deleteBuildRows, readBuilds } from "./shared-tables";

interface DropContext {
  settings: SnowflakeSettings;
  session: SnowflakeSession;
  store: ObjectStore;
}

const day = 86_400_000;

/** Removes a build and all that was staged for it. The schema goes last: as long as it is there, a later call finds it. */
export async function dropBuild({ settings, session, store }: DropContext, name: BuildName): Promise<void> {
  await store.removeAll(stagingPrefix(name));
  await deleteBuildRows(session, sharedSchema(settings), name);
  await session.query(`DROP SCHEMA IF EXISTS ${settings.database}.${schemaOf(settings, name)} CASCADE`);
}

/**
 * After a publishing: its staged files; builds of its stamp but for the two newest, since turns under way keep the one before;
 * and what of this mart was begun that long ago (milliseconds) and never published.
 */
export async function dropOldBuilds(
  context: DropContext,
  just: BuildName,
  keepUnpublished = day,
): Promise<void> {
  const { settings, session, store } = context;
  await store.removeAll(stagingPrefix(just));
  const published = await readBuilds(session, sharedSchema(settings), just.mart);
  const ofStamp = published.filter(({ stamp }) => stamp === just.stamp);
  const { rows } = await session.query(
    `SELECT SCHEMA_NAME FROM ${settings.database}.INFORMATION_SCHEMA.SCHEMATA`,
  );
  const leftovers = rows
    .flatMap(([schema]) => buildOfSchema(settings, String(schema)) ?? [])
    .filter((name) => name.mart === just.mart && begunAt(name) <= Date.now() - keepUnpublished)
    .filter(({ build }) => !published.some((one) => one.build === build));
  for (const name of [...ofStamp.slice(2), ...leftovers]) await dropBuild(context, name);
}
