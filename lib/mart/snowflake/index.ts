import { mkdir } from "node:fs/promises";
import { AppError, toAppError } from "@/lib/errors";
import { groupBy } from "@/lib/group-by";
import { log } from "@/lib/log";
import type { ObjectStore } from "@/lib/objects";
import { readRegistry } from "@/lib/registry";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import {
  openSnowflakeSession,
  openSnowflakeWarehouse,
  type SnowflakeSession,
} from "@/lib/warehouse/snowflake";
import type { MartBuild, MartCatalog } from "../catalog";
import { isMartName } from "../layout";
import { dropBuild, dropOldBuilds } from "./drop-builds";
import { loadBuild } from "./load-build";
import { type BuildName, newBuild, schemaOf, sharedSchema } from "./names";
import { createSharedTables, insertBuild, readBuilds } from "./shared-tables";

/**
 * Marts in Snowflake: each build's tables in a schema of its own, all builds' registries in the settings' schema, and there
 * MART_BUILDS, which says which builds are published. See docs/decisions/0012-marts-on-snowflake.md.
 * @param keepUnpublished milliseconds after which a build that was begun and not published is taken for dead; a day
 */
export function snowflakeMarts(
  settings: SnowflakeSettings,
  store: ObjectStore,
  { keepUnpublished }: { keepUnpublished?: number } = {},
): MartCatalog {
  const schema = sharedSchema(settings);
  let opening: Promise<SnowflakeSession> | null = null;
  const open = () => {
    opening ??= openSnowflakeSession(settings, { connections: settings.pool });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };

  /** On an account where nothing was published yet the tables are made; where they only may not be read, that is said. */
  const published = async (mart?: string): Promise<BuildName[]> => {
    const session = await open();
    try {
      return await readBuilds(session, schema, mart);
    } catch (thrown) {
      if (toAppError(thrown).code !== "WAREHOUSE_DENIED") throw thrown;
      await createSharedTables(session, schema);
      return readBuilds(session, schema, mart);
    }
  };

  const toBuild = (name: BuildName): MartBuild => ({
    stamp: name.stamp,
    build: name.build,
    open: async (scratchDirectory) => ({
      file: null,
      registry: await readRegistry(await open(), { ...name, schema }),
      warehouse: await openSnowflakeWarehouse({
        ...{ settings, schema: schemaOf(settings, name), objects: store, scratchDirectory },
      }),
    }),
  });

  return {
    list: async () => {
      const builds = (await published()).filter(({ mart }) => isMartName(mart));
      return [...groupBy(builds, ({ mart }) => mart)]
        .map(([name, ofMart]) => ({ name, stamp: currentOf(ofMart) ?? "" }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    current: async ({ name }) => currentOf(await published(name)),
    find: async ({ name }, stamp) => {
      const builds = await published(name);
      const wanted = stamp ?? currentOf(builds);
      const found = builds.find((build) => build.stamp === wanted);
      if (found) return toBuild(found);
      const message = stamp && builds.length > 0 ? `The mart ${name} has no stamp ${stamp}.` : undefined;
      throw new AppError("MART_UNKNOWN", message, { details: { mart: name, ...(stamp ? { stamp } : {}) } });
    },
    publish: async ({ name: mart, scratchDirectory }, stamp, builtFile, options) => {
      const { signal, onTable } = options;
      await mkdir(scratchDirectory, { recursive: true });
      const session = await open();
      await createSharedTables(session, schema);
      const name = newBuild(mart, stamp);
      const context = { settings, session, store };
      try {
        await loadBuild({ ...context, scratchDirectory, signal, onTable }, name, builtFile);
        if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
      } catch (thrown) {
        await dropBuild(context, name).catch(logged);
        throw thrown;
      }
      await insertBuild(session, schema, name).catch(async (thrown) => {
        // The answer may have been lost, and not the row. What is left of a build without one is dropped a day later.
        const isThere = (await published(mart)).some(({ build }) => build === name.build);
        if (!isThere) throw thrown;
      });
      await dropOldBuilds(context, name, keepUnpublished).catch(logged);
    },
    close: async () => {
      const session = await opening?.catch(() => null);
      opening = null;
      await session?.close();
    },
  };
}

/** The newest stamp: building an old one again takes nobody back to it. */
function currentOf(builds: BuildName[]): string | null {
  return (
    builds
      .map(({ stamp }) => stamp)
      .sort()
      .at(-1) ?? null
  );
}

/** What could not be cleared away now is cleared away by a later publishing. */
function logged(thrown: unknown): void {
  log.warn("builds were not cleared away", { error: toAppError(thrown) });
}
