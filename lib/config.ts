import { existsSync } from "node:fs";
import path from "node:path";
import { AppError } from "@/lib/errors";
import type { SourceAddresses } from "@/lib/pipeline/mart";
import {
  type EmbeddingSettings,
  type ModelAccess,
  modelAccess,
  readEmbeddingSettings,
} from "@/lib/settings/model";
import { type ObjectStoreSettings, readObjectStoreSettings } from "@/lib/settings/objects";
import { readSettings } from "@/lib/settings/read";
import { secretsOf } from "@/lib/settings/secrets";
import { readWarehouseSettings, type WarehouseSettings } from "@/lib/settings/warehouse";

/** The settings in our words. The environment is read in this file alone. */
export interface Config {
  port: number;
  host: string;
  logLevel: "debug" | "info" | "warn" | "error";
  dataDir: string;
  databaseUrl: string | null;
  /** PEM certificates that a TLS connection to the database is checked against; null: the machine's own. */
  databaseCaFile: string | null;
  defaultMart: string;
  demo: { sellers: number; seed: number };
  warehouse: WarehouseSettings;
  objects: ObjectStoreSettings;
  planner: { maker: "offline" } | ({ maker: "openai" } & ModelAccess);
  embeddings: EmbeddingSettings;
  /** What one statement that a person or a model wrote may take. */
  freeSql: { rows: number; seconds: number; memory: string };
  /** Bounds of the embedded engine in every step of a pipeline. */
  engine: { memoryLimit?: string; threads?: number };
  /** Of paid models, in and out: all turns, vectors and steps of pipelines of a day (UTC) together. */
  tokensPerDay: number;
  /** What of it one run of the augment step may spend on judging notes. */
  augmentTokenBudget: number;
  /** Values that may stand in no log, error, manifest or page: passwords, keys, secret addresses. */
  secrets: string[];
  /** Null where nothing is built by schedule. */
  pipelineCron: string | null;
  /** Who may start, cancel and rerun builds: everyone who has the pages open, or only whoever runs the server. */
  pipelineControl: "everyone" | "operator";
  alerts: { url: string | null; on: "problems" | "all" };
  /** Addresses of the sources; null for the simulated one. */
  sources: Record<keyof SourceAddresses, string | null>;
}

/** @throws AppError SETTINGS_INVALID that lists every wrong setting at once */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const { settings: s, problems } = readSettings(environment);
  if (s.PLANNER === "openai" && !s.OPENAI_API_KEY) {
    problems.add("OPENAI_API_KEY", "needed when PLANNER is openai");
  }
  const warehouse = readWarehouseSettings(s, problems);
  const objects = readObjectStoreSettings(s, problems);
  const embeddings = readEmbeddingSettings(s, problems);
  if (!warehouse || problems.list.length > 0) {
    throw new AppError(
      "SETTINGS_INVALID",
      `Some settings are wrong:\n${problems.list.map((problem) => `  ${problem}`).join("\n")}`,
      { details: { problems: problems.list } },
    );
  }
  return {
    port: s.PORT,
    host: s.HOST,
    logLevel: s.LOG_LEVEL,
    // Joined, not resolved: the bundler would trace the whole project from a resolve on a setting.
    dataDir: path.isAbsolute(s.DATA_DIR) ? s.DATA_DIR : path.join(process.cwd(), s.DATA_DIR),
    databaseUrl: s.DATABASE_URL ?? null,
    databaseCaFile: s.DATABASE_CA_FILE ?? null,
    defaultMart: s.DEFAULT_MART,
    demo: { sellers: s.MART_SELLERS, seed: s.MART_SEED },
    ...{ warehouse, objects, embeddings },
    planner: s.PLANNER === "openai" ? { maker: "openai", ...modelAccess(s) } : { maker: "offline" },
    freeSql: { rows: s.SQL_ROWS, seconds: s.SQL_SECONDS, memory: s.SQL_MEMORY },
    engine: {
      ...(s.ENGINE_MEMORY ? { memoryLimit: s.ENGINE_MEMORY } : {}),
      ...(s.ENGINE_THREADS ? { threads: s.ENGINE_THREADS } : {}),
    },
    tokensPerDay: s.OPENAI_TOKENS_PER_DAY,
    augmentTokenBudget: s.AUGMENT_TOKEN_BUDGET,
    secrets: secretsOf(s),
    pipelineCron: s.PIPELINE_CRON === "off" ? null : s.PIPELINE_CRON,
    pipelineControl: s.PIPELINE_CONTROL,
    alerts: { url: s.ALERT_WEBHOOK_URL ?? null, on: s.ALERT_ON },
    sources: {
      platform: s.SOURCE_PLATFORM_URL ?? null,
      crm: s.SOURCE_CRM_URL ?? null,
      clickstream: s.SOURCE_CLICKSTREAM_URL ?? null,
      maps: s.SOURCE_MAPS_URL ?? null,
      census: s.SOURCE_CENSUS_URL ?? null,
    },
  };
}

/** Set by the web server, not by a person: pages are then built anew at every change. */
export const isDevelopment = process.env.NODE_ENV === "development";

let parsed: Config | undefined;

/** The settings of this process, parsed once: its environment, then `.env.local`, then `.env`. */
export function config(): Config {
  parsed ??= parseConfig(readEnvironment());
  return parsed;
}

/** What a child process inherits, with some of it changed. */
export function environmentWith(changes: Record<string, string>): NodeJS.ProcessEnv {
  return { ...process.env, ...changes };
}

/** Switches that a vendor's SDK reads from the environment alone, once it is loaded. What a person set stays. */
export function setVendorSwitches(switches: Record<string, string>): void {
  for (const [name, value] of Object.entries(switches)) process.env[name] ??= value;
}

function readEnvironment(): NodeJS.ProcessEnv {
  // Tests have the settings that they name, not those of whoever runs them. The web server reads the files itself.
  if (!process.env.VITEST) {
    for (const file of [".env.local", ".env"]) if (existsSync(file)) process.loadEnvFile(file);
  }
  return process.env;
}
