import { afterAll, beforeAll, vi } from "vitest";
import type { TestDatabase } from "../../support/database";
import { setUpDemoMart } from "../../support/demo-mart";
import type { SnowflakeServer } from "./emulator";
import { freshS3, freshSnowflake } from "./engines";
import type { S3Server } from "./object-server";

/**
 * Gives a test file all that turns stand on, with Snowflake for the warehouse and S3 for the object store: servers of its own,
 * a database, and the demo mart of this size published to them.
 */
export function setUpSnowflakeMart(sellers: number): {
  servers: () => { snowflake: SnowflakeServer; s3: S3Server };
  database: () => TestDatabase;
} {
  let servers: { snowflake: SnowflakeServer; s3: S3Server };

  beforeAll(async () => {
    const s3 = await freshS3();
    servers = { s3, snowflake: await freshSnowflake({ s3 }) };
    for (const [name, value] of Object.entries({ ...s3.settings, ...servers.snowflake.settings })) {
      vi.stubEnv(name, value);
    }
  });
  afterAll(async () => {
    await servers.snowflake.stop();
    await servers.s3.stop();
  });
  return { servers: () => servers, ...setUpDemoMart(sellers) };
}
