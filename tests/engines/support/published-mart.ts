import { afterAll, beforeAll, vi } from "vitest";
import type { TestDatabase } from "../../support/database";
import { setUpDemoMart } from "../../support/demo-mart";
import type { SnowflakeServer } from "./emulator";
import { freshS3, freshSnowflake } from "./engines";
import { type FaultProxy, startFaultProxy } from "./fault-proxy";
import type { S3Server } from "./object-server";

interface Servers {
  snowflake: SnowflakeServer;
  s3: S3Server;
  proxy: FaultProxy;
}

/**
 * Gives a test file servers of its own, Snowflake for the warehouse and S3 for the object store, and settings that lead there.
 * What the app says to Snowflake passes through the proxy.
 */
export function setUpSnowflake(): { servers: () => Servers } {
  let servers: Servers;

  beforeAll(async () => {
    const s3 = await freshS3();
    const snowflake = await freshSnowflake({ s3 });
    servers = { s3, snowflake, proxy: await startFaultProxy(snowflake.url) };
    const settings = { ...s3.settings, ...snowflake.settings, SNOWFLAKE_URL: servers.proxy.url };
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    await servers.proxy.stop();
    await servers.snowflake.stop();
    await servers.s3.stop();
  });
  return { servers: () => servers };
}

/** The same with all that turns stand on: a database, and the demo mart of this size published to the servers. */
export function setUpSnowflakeMart(sellers: number): {
  servers: () => Servers;
  database: () => TestDatabase;
} {
  return { ...setUpSnowflake(), ...setUpDemoMart(sellers) };
}
