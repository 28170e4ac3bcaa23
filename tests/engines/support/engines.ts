import { rm } from "node:fs/promises";
import { describe, inject } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { type SnowflakeServer, startSnowflake } from "./emulator";
import { type S3Server, startS3 } from "./object-server";

type Engine = "snowflake" | "s3";

/** Tests that need these engines: skipped, with the reason in the title, on a machine that cannot have them. */
export function describeWith(engines: Engine[], title: string, tests: () => void): void {
  const missing = inject("missingEngines");
  const reasons = engines.flatMap((engine) =>
    missing[engine] === null ? [] : [`no ${engine}: ${missing[engine]}`],
  );
  const told = reasons.length === 0 ? title : `${title} (skipped: ${reasons.join("; ")})`;
  describe.skipIf(reasons.length > 0)(told, tests);
}

/** An S3 server of this test file's own, on a free port. Its objects are gone after `stop`. */
export async function freshS3(): Promise<S3Server> {
  const folder = await temporaryFolder();
  return withFolder(folder, await startS3({ folder }));
}

/**
 * A Snowflake emulator of this test file's own, in memory, on a free port.
 * @param options.s3 where its `s3://…` leads
 */
export async function freshSnowflake(
  options: { s3?: S3Server; args?: string[] } = {},
): Promise<SnowflakeServer> {
  const folder = await temporaryFolder();
  return withFolder(folder, await startSnowflake({ folder, ...options }));
}

function withFolder<T extends { stop(): Promise<void> }>(folder: string, server: T): T {
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, stop };
}
