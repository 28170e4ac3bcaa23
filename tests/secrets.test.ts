import { generateKeyPairSync } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { respond } from "@/app/api/respond";
import { startEmbedded } from "@/db/embedded";
import { ensureDatabase } from "@/db/ensure-database";
import { sendAlert } from "@/lib/alert";
import { config, parseConfig } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { askModel, embedWithModel } from "@/lib/language-model";
import { log } from "@/lib/log";
import { openObjectStore } from "@/lib/objects";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { secretSettings } from "@/lib/settings/schema";
import { formsOf } from "@/lib/settings/secrets";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { httpSource } from "@/lib/sources/http";
import { openSnowflakeSession } from "@/lib/warehouse/snowflake";
import { modelAt } from "./openai-server/model-at";
import { startOpenAiServer } from "./openai-server/openai-server";
import { startEchoServer } from "./support/echo-server";
import { runExtract } from "./support/run-extract";
import { temporaryFolder } from "./support/temporary-folder";

/** With all that is written otherwise in JSON, in an address and in base64. */
const secretOf = (name: string) => `s3cret of ${name}: "q" \\ / + % ?`;
const password = (name: string) => encodeURIComponent(secretOf(name));

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

let folder: string;
let vendor: Awaited<ReturnType<typeof startEchoServer>>;
let failing: Awaited<ReturnType<typeof startEchoServer>>;
/** Every secret setting, with a value that can be found again. */
let settings: Record<(typeof secretSettings)[number], string>;
const printed: string[] = [];
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await temporaryFolder();
  [vendor, failing] = [await startEchoServer(), await startEchoServer({ status: 500 })];
  const platform = new URL(await startEmbedded(inject("postgresFolder")));
  platform.password = password("SOURCE_PLATFORM_URL");
  const at = (name: string) => `http://me:${password(name)}@${vendor.address}/${name}`;
  settings = {
    DATABASE_URL: `postgres://me:${password("DATABASE_URL")}@127.0.0.1:1/app`,
    SOURCE_PLATFORM_URL: platform.href,
    SOURCE_CRM_URL: at("SOURCE_CRM_URL"),
    SOURCE_CLICKSTREAM_URL: at("SOURCE_CLICKSTREAM_URL"),
    SOURCE_MAPS_URL: at("SOURCE_MAPS_URL"),
    SOURCE_CENSUS_URL: at("SOURCE_CENSUS_URL"),
    ALERT_WEBHOOK_URL: `${failing.url}/${password("ALERT_WEBHOOK_URL")}`,
    SNOWFLAKE_PASSWORD: secretOf("SNOWFLAKE_PASSWORD"),
    SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: secretOf("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
    S3_ACCESS_KEY_ID: "S3CRETACCESSKEYID+1",
    S3_SECRET_ACCESS_KEY: secretOf("S3_SECRET_ACCESS_KEY"),
    OPENAI_API_KEY: secretOf("OPENAI_API_KEY"),
  };
  const others = {
    ...{ DATA_DIR: file("data"), LOG_LEVEL: "debug", PLANNER: "openai", OPENAI_BASE_URL: `${vendor.url}/v1` },
    ...{ OBJECT_STORE: "s3", S3_BUCKET: "bucket", S3_ENDPOINT: vendor.url },
    ...{ WAREHOUSE: "snowflake", SNOWFLAKE_ACCOUNT: "mine", SNOWFLAKE_USER: "me", SNOWFLAKE_URL: vendor.url },
  };
  for (const [name, value] of Object.entries({ ...settings, ...others })) vi.stubEnv(name, value);
  await writeFile(file("key.pem"), pem);
  const passphrase = settings.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE;
  const locked = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase } as const;
  await writeFile(file("locked.pem"), privateKey.export(locked));
  await writeFile(file("token"), secretOf("the token file"));
  for (const stream of [process.stderr, process.stdout]) {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
  }
});

afterAll(async () => {
  vi.restoreAllMocks();
  for (const server of [vendor, failing]) server.close();
  await rm(folder, { recursive: true, force: true });
});

function snowflakeSettings(): SnowflakeSettings {
  const { warehouse } = config();
  if (warehouse.kind !== "snowflake") throw new Error("not the settings of this test");
  return warehouse;
}

const signIn = (changes: Partial<SnowflakeSettings> = {}) =>
  openSnowflakeSession({ ...snowflakeSettings(), ...changes }).then((session) => session.query("SELECT 1"));
const platformTable: SourceTable = {
  ...{ source: "platform", name: "shops", protocol: "postgres", description: "", references: [], changes: 1 },
  ...{ row: z.object({ shop_id: field.text(10) }), key: ["shop_id"] },
};
const question = {
  purpose: "test",
  turns: [],
  schema: {},
  check: (answer: string) => ({ problems: [answer] }),
};
const sourceAt = (name: "crm" | "clickstream" | "maps" | "census") => () =>
  httpSource(name, config().sources[name] ?? "", {
    ...{ signal: new AbortController().signal, log: (text: string) => void printed.push(text) },
    ...{ tries: 2, firstWaitMs: 1 },
  }).get("/changes");
const model = async (baseUrl: string) => {
  const server = await startOpenAiServer();
  server.close();
  return modelAt(server, { apiKey: settings.OPENAI_API_KEY, baseUrl: `${baseUrl}/v1`, totalTimeout: 1_000 });
};

it.each<[string, code: string, work: () => Promise<unknown>]>([
  ["settings that are wrong", "SETTINGS_INVALID", async () => parseConfig({ ...settings, PORT: "no" })],
  ["a database that does not answer", "DATABASE_UNAVAILABLE", () => ensureDatabase({ patience: 0 })],
  [
    "a source's database that refuses the password",
    "SOURCE_UNAVAILABLE",
    () => runExtract([platformTable], { platform: config().sources.platform ?? "" }),
  ],
  ["a source that refuses the password", "SOURCE_UNAVAILABLE", sourceAt("crm")],
  ["an event log", "SOURCE_UNAVAILABLE", sourceAt("clickstream")],
  ["a maps interface", "SOURCE_UNAVAILABLE", sourceAt("maps")],
  ["a census", "SOURCE_UNAVAILABLE", sourceAt("census")],
  ["a warehouse that refuses the password", "WAREHOUSE_DENIED", () => signIn()],
  [
    "a warehouse that refuses the key",
    "WAREHOUSE_DENIED",
    () => signIn({ signIn: { by: "key pair", file: file("key.pem"), passphrase: null } }),
  ],
  [
    "a warehouse that refuses the key under a passphrase",
    "WAREHOUSE_DENIED",
    () =>
      signIn({
        signIn: {
          ...{ by: "key pair", file: file("locked.pem") },
          passphrase: settings.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE,
        },
      }),
  ],
  [
    "a passphrase that does not open the key",
    "WAREHOUSE_DENIED",
    () => signIn({ signIn: { by: "key pair", file: file("locked.pem"), passphrase: secretOf("another") } }),
  ],
  [
    "a warehouse that refuses the token",
    "WAREHOUSE_DENIED",
    () => signIn({ signIn: { by: "oauth", file: file("token") } }),
  ],
  [
    "a bucket that refuses the keys",
    "OBJECT_STORE_UNAVAILABLE",
    () => openObjectStore(config()).get("exports/manifest.json"),
  ],
  [
    "a language model that refuses the key",
    "PLANNER_UNAVAILABLE",
    async () => askModel(question, await model(vendor.url)),
  ],
  [
    "a language model that fails",
    "PLANNER_UNAVAILABLE",
    async () => askModel(question, await model(failing.url)),
  ],
  [
    "an embedding model that refuses the key",
    "PLANNER_UNAVAILABLE",
    async () => {
      const { access, ledger } = await model(vendor.url);
      return embedWithModel(["a text"], { ...access, ledger });
    },
  ],
  [
    "a fault of ours whose text quotes the settings",
    "INTERNAL",
    async () => {
      throw new Error(JSON.stringify({ settings, again: JSON.stringify(settings) }));
    },
  ],
])("%s: no secret is in the answer, the error or the log", async (_, code, work) => {
  printed.length = 0;
  let error: unknown;
  const response = await respond(new Request("http://localhost/api/test"), async () => {
    error = await work().catch((thrown) => thrown);
    throw error;
  });
  // Also what a route would not log, since it is no fault of ours.
  log.error("work failed", { error });
  const answer = await response.text();
  expect(JSON.parse(answer).error.code).toBe(code);
  expect(printed.join("")).toContain("work failed");
  const shown = [answer, ...printed];
  if (error instanceof AppError) shown.push(error.message, JSON.stringify(error.details));
  expect(leaksIn(shown.join("\n"))).toEqual([]);
});

it("repeats no secret of a model that answers with it", async () => {
  const server = await startOpenAiServer();
  server.script({ kind: "say", content: { subject: settings.OPENAI_API_KEY } });
  const access = { apiKey: settings.OPENAI_API_KEY };
  const answer = await askModel(
    { ...question, check: (value: string) => ({ value }) },
    modelAt(server, access),
  );
  server.close();
  expect(answer).toContain("[redacted]");
  expect(leaksIn(answer)).toEqual([]);
});

it("logs an alert that failed without its address", async () => {
  printed.length = 0;
  expect(await sendAlert("a run failed", config().alerts.url, 1)).toBe(false);
  expect(printed.join("")).toContain("alert failed");
  expect(leaksIn(printed.join("\n"))).toEqual([]);
});

it("showed the vendors what they ask for, which they repeated, and never what opens the rest", () => {
  const heard = [...vendor.heard, ...failing.heard].join("\n");
  const shown = [
    "SNOWFLAKE_PASSWORD",
    "S3_ACCESS_KEY_ID",
    "OPENAI_API_KEY",
    "the token file",
    "a signed token",
  ];
  const addresses = ["SOURCE_CRM_URL", "SOURCE_CLICKSTREAM_URL", "SOURCE_MAPS_URL", "SOURCE_CENSUS_URL"];
  expect(leaksIn(heard).sort()).toEqual([...shown, ...addresses, "ALERT_WEBHOOK_URL"].sort());
});

/** Which secrets stand in a text, in any form. */
function leaksIn(text: string): string[] {
  const values: Record<string, string[]> = {
    ...Object.fromEntries(secretSettings.map((name) => [name, [settings[name], secretOf(name)]])),
    "the token file": [secretOf("the token file")],
    "the key file": pem.split("\n").filter((line) => line.length > 20),
  };
  const isIn = (secret: string) =>
    [...formsOf(secret), Buffer.from(`me:${secret}`).toString("base64")].some((form) => text.includes(form));
  const found = Object.entries(values).flatMap(([name, all]) => (all.some(isIn) ? [name] : []));
  return /eyJ[\w-]+\.[\w-]+/.test(text) ? [...found, "a signed token"] : found;
}
