import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { AppError } from "@/lib/errors";
import type { SourceAddresses } from "@/lib/pipeline/mart";

/** The only reader of `process.env`. Every setting has a default that works on a fresh machine. */
const settingsSchema = z.object({
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Everything the app writes, relative to the project's root. */
  DATA_DIR: z.string().min(1).default(".data"),
  /** A PostgreSQL to use instead of the embedded one. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DEFAULT_MART: z.string().default("auto-marketplace"),
  MART_SELLERS: z.coerce.number().int().min(50).max(200_000).default(1000),
  MART_SEED: z.coerce.number().int().default(7),
  PLANNER: z.enum(["offline", "openai"]).default("offline"),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.url().optional(),
  OPENAI_MODEL: z.string().default("gpt-5-mini"),
  /** When the mart's next stamp is built, in UTC: minute, hour, day of month, month, day of week; or `off`. */
  PIPELINE_CRON: z
    .string()
    .refine((text) => text === "off" || isCron(text), "five fields as in `0 3 1 * *`, or `off`")
    .default("0 3 1 * *"),
  /** A webhook that takes Slack's `{"text": …}`. Its address is a secret. */
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** What is told there: runs that fail or halt, or every run that ends. */
  ALERT_ON: z.enum(["problems", "all"]).default("problems"),
  /** Where the pipeline's sources are; the simulated one for each that is absent. Passwords in them are secrets. */
  SOURCE_PLATFORM_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SOURCE_CRM_URL: z.url({ protocol: /^https?$/ }).optional(),
  SOURCE_CLICKSTREAM_URL: z.url({ protocol: /^https?$/ }).optional(),
  SOURCE_MAPS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** A folder, or a `file:` or HTTP address. */
  SOURCE_CENSUS_URL: z.string().optional(),
  /** Tokens that one pipeline run may spend on judging notes; what is beyond is judged offline. */
  AUGMENT_TOKEN_BUDGET: z.coerce.number().int().min(0).default(500_000),
  /** What the engine may use while it builds a mart: memory as `2GB`, and threads. Its own choice where absent. */
  ENGINE_MEMORY: z
    .string()
    .regex(/^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$/, "an amount of memory as in 2GB")
    .optional(),
  ENGINE_THREADS: z.coerce.number().int().min(1).max(256).optional(),
  /** A folder that holds all-MiniLM-L6-v2; without it vectors are computed from the registry itself. */
  MODELS_DIR: z.string().optional(),
});

export interface Config {
  port: number;
  host: string;
  logLevel: "debug" | "info" | "warn" | "error";
  dataDir: string;
  databaseUrl: string | null;
  defaultMart: string;
  demo: { sellers: number; seed: number };
  planner: { maker: "offline" } | { maker: "openai"; apiKey: string; baseUrl: string | null; model: string };
  modelsDir: string | null;
  engine: { memory: string | null; threads: number | null };
  augmentTokenBudget: number;
  /** Null where nothing is built by schedule. */
  pipelineCron: string | null;
  alerts: { url: string | null; on: "problems" | "all" };
  /** Addresses of the sources; null for the simulated one. */
  sources: Record<keyof SourceAddresses, string | null>;
}

/** @throws AppError SETTINGS_INVALID that lists every wrong setting at once */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = settingsSchema.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  if (present.PLANNER === "openai" && !present.OPENAI_API_KEY) {
    problems.push("OPENAI_API_KEY: needed when PLANNER is openai");
  }
  if (!parsed.success || problems.length > 0) {
    throw new AppError(
      "SETTINGS_INVALID",
      `Some settings are wrong:\n${problems.map((p) => `  ${p}`).join("\n")}`,
      {
        details: { problems },
      },
    );
  }
  const s = parsed.data;
  return {
    port: s.PORT,
    host: s.HOST,
    logLevel: s.LOG_LEVEL,
    // Joined, not resolved: the bundler would trace the whole project from a resolve on a setting.
    dataDir: path.isAbsolute(s.DATA_DIR) ? s.DATA_DIR : path.join(process.cwd(), s.DATA_DIR),
    databaseUrl: s.DATABASE_URL ?? null,
    defaultMart: s.DEFAULT_MART,
    demo: { sellers: s.MART_SELLERS, seed: s.MART_SEED },
    planner:
      s.PLANNER === "openai"
        ? {
            maker: "openai",
            apiKey: s.OPENAI_API_KEY ?? "",
            baseUrl: s.OPENAI_BASE_URL ?? null,
            model: s.OPENAI_MODEL,
          }
        : { maker: "offline" },
    modelsDir: s.MODELS_DIR ?? null,
    engine: { memory: s.ENGINE_MEMORY ?? null, threads: s.ENGINE_THREADS ?? null },
    augmentTokenBudget: s.AUGMENT_TOKEN_BUDGET,
    pipelineCron: s.PIPELINE_CRON === "off" ? null : s.PIPELINE_CRON,
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

/** Lists, ranges and strides of numbers: the part of cron that everybody agrees on. */
function isCron(text: string): boolean {
  const ranges = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 7],
  ];
  const fields = text.split(" ");
  return (
    fields.length === ranges.length &&
    fields.every((field, at) =>
      field.split(",").every((part) => {
        const found = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part);
        const [least = 0, most = 0] = ranges[at] ?? [];
        const numbers = [found?.[1], found?.[2]].filter((n) => n !== undefined).map(Number);
        return found !== null && numbers.every((n) => n >= least && n <= most);
      }),
    )
  );
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

function readEnvironment(): NodeJS.ProcessEnv {
  // Tests have the settings that they name, not those of whoever runs them. The web server reads the files itself.
  if (!process.env.VITEST) {
    for (const file of [".env.local", ".env"]) if (existsSync(file)) process.loadEnvFile(file);
  }
  return process.env;
}
