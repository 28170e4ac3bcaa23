import { readFile } from "node:fs/promises";
import path from "node:path";
import { installed, makeVenv, pythonOf } from "./install";
import type { S3Server } from "./object-server";
import { freePort, type ServerProcess, startServerProcess } from "./server-process";

export interface SnowflakeServer extends ServerProcess {
  /** As in `http://127.0.0.1:18002`. */
  url: string;
  port: number;
  /** What makes the app use it, as in `.env`. The object store's settings come from the S3 server. */
  settings: Record<string, string>;
}

const home = path.join("tests", "engines", "snowflake-emulator");

/** Installs what the emulator stands on, once per machine. @returns the Python to run it with */
export async function installSnowflake(): Promise<string> {
  const requirements = path.join(home, "requirements.txt");
  const text = await readFile(requirements, "utf8");
  return pythonOf(
    await installed(`snowflake-emulator\n${text}`, (folder) => makeVenv(folder, ["-r", requirements])),
  );
}

/**
 * Starts an emulator of Snowflake on the loopback interface, with its database and schema made.
 * @param options.dbPath folder that keeps its databases; without it they are in memory
 * @param options.s3 the server that `s3://…` leads to
 */
export async function startSnowflake(options: {
  folder: string;
  port?: number;
  dbPath?: string;
  s3?: Pick<S3Server, "address" | "accessKey" | "secretKey">;
  args?: string[];
  detached?: boolean;
}): Promise<SnowflakeServer> {
  const { folder, dbPath, s3, detached, args = [] } = options;
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const bucket = s3
    ? ["--s3-endpoint", s3.address, "--s3-key", s3.accessKey, "--s3-secret", s3.secretKey]
    : [];
  const server = await startServerProcess({
    program: await installSnowflake(),
    args: [
      ...["-W", "ignore", path.resolve(home, "emulator.py"), "--port", String(port)],
      ...(dbPath ? ["--db-path", dbPath] : []),
      ...bucket,
      ...args,
    ],
    log: path.join(folder, "snowflake.log"),
    readyUrl: `${url}/healthz`,
    ...(detached ? { detached } : {}),
  });
  await createSchema(url);
  return { ...server, url, port, settings: snowflakeSettings(url) };
}

export function snowflakeSettings(url: string): Record<string, string> {
  return {
    WAREHOUSE: "snowflake",
    SNOWFLAKE_ACCOUNT: "fakesnow",
    SNOWFLAKE_URL: url,
    SNOWFLAKE_USER: "feature_mart",
    SNOWFLAKE_PASSWORD: "any-password",
  };
}

/** The emulator makes the database and the schema that a sign-in names. */
async function createSchema(url: string): Promise<void> {
  const signIn = `${url}/session/v1/login-request?databaseName=ANALYTICS_DB&schemaName=FEATURE_MART`;
  const body = JSON.stringify({
    data: {
      LOGIN_NAME: "feature_mart",
      PASSWORD: "any-password",
      ACCOUNT_NAME: "fakesnow",
      SESSION_PARAMETERS: {},
    },
  });
  const response = await fetch(signIn, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  if (!response.ok) throw new Error(`the emulator refused a sign-in: ${response.status}`);
}
