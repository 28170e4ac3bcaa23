import { z } from "zod";
import { isCron } from "./cron";

const memory = z.string().regex(/^\d+(\.\d+)?\s?(MB|GB|MiB|GiB)$/, "an amount of memory as in 2GB");
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const httpUrl = z.url({ protocol: /^https?$/ });
/** Such an address is named in errors, and its client would not use what stands before the host. */
const openUrl = httpUrl.refine((text) => {
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}, "an address without a user and a password");
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_$]{0,254}$/, "a plain identifier: letters, digits, `_` and `$`");

/** Every setting, by its name in the environment. `.env.example` says what each means; all defaults work on a fresh machine. */
export const settingsSchema = z.object({
  PORT: count(0, 65535).default(3000),
  HOST: z.string().default("127.0.0.1"),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  DATA_DIR: z.string().min(1).default(".data"),

  DATABASE_URL: postgresUrl.optional(),
  DATABASE_CA_FILE: z.string().optional(),

  DEFAULT_MART: z.string().default("auto-marketplace"),
  MART_SELLERS: count(50, 200_000).default(1000),
  MART_SEED: z.coerce.number().int().default(7),
  SOURCE_PLATFORM_URL: postgresUrl.optional(),
  SOURCE_CRM_URL: httpUrl.optional(),
  SOURCE_CLICKSTREAM_URL: httpUrl.optional(),
  SOURCE_MAPS_URL: httpUrl.optional(),
  SOURCE_CENSUS_URL: z.string().optional(),
  PIPELINE_CRON: z
    .string()
    .refine((text) => text === "off" || isCron(text), "five fields as in `0 3 1 * *`, or `off`")
    .default("0 3 1 * *"),
  PIPELINE_CONTROL: z.enum(["everyone", "operator"]).default("everyone"),
  ALERT_WEBHOOK_URL: httpUrl.optional(),
  ALERT_ON: z.enum(["problems", "all"]).default("problems"),
  ENGINE_MEMORY: memory.optional(),
  ENGINE_THREADS: count(1, 256).optional(),

  WAREHOUSE: z.enum(["duckdb", "snowflake"]).default("duckdb"),
  SNOWFLAKE_ACCOUNT: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){0,3}$/,
      "an account identifier as in `myorg-myaccount`, without https:// and without .snowflakecomputing.com",
    )
    .refine((text) => !/snowflakecomputing/i.test(text), "the part before .snowflakecomputing.com only")
    .optional(),
  SNOWFLAKE_URL: openUrl.optional(),
  SNOWFLAKE_USER: z.string().min(1).optional(),
  SNOWFLAKE_PASSWORD: z.string().optional(),
  SNOWFLAKE_PRIVATE_KEY_FILE: z.string().optional(),
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: z.string().optional(),
  SNOWFLAKE_OAUTH_TOKEN_FILE: z.string().optional(),
  SNOWFLAKE_ROLE: identifier.optional(),
  SNOWFLAKE_READ_ROLE: identifier.optional(),
  SNOWFLAKE_WAREHOUSE: identifier.default("FEATURE_WH"),
  SNOWFLAKE_DATABASE: identifier.default("ANALYTICS_DB"),
  SNOWFLAKE_SCHEMA: identifier.default("FEATURE_MART"),
  SNOWFLAKE_STORAGE_INTEGRATION: identifier.optional(),
  SNOWFLAKE_POOL: count(1, 64).default(4),
  SNOWFLAKE_STATEMENT_SECONDS: count(1, 604_800).default(1800),

  OBJECT_STORE: z.enum(["folder", "s3"]).default("folder"),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name, without s3://")
    .optional(),
  S3_PREFIX: z
    .string()
    .regex(
      /^[\w=-][\w.=-]*(\/[\w=-][\w.=-]*)*$/,
      "a key's beginning as in `team/feature-mart`, without slashes at its ends and dots before names",
    )
    .optional(),
  S3_REGION: z.string().default("us-east-1"),
  S3_ENDPOINT: openUrl.optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_ENCRYPTION: z.enum(["bucket", "AES256", "aws:kms"]).default("bucket"),
  S3_KMS_KEY_ID: z.string().optional(),
  S3_LINK_SECONDS: count(10, 604_800).default(300),

  PLANNER: z.enum(["offline", "openai"]).default("offline"),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: openUrl.optional(),
  OPENAI_MODEL: z.string().default("gpt-5-mini"),
  OPENAI_FIRST_TOKEN_SECONDS: count(1, 600).default(20),
  OPENAI_TOTAL_SECONDS: count(1, 3600).default(60),
  OPENAI_TOKENS_PER_TURN: count(0, 100_000_000).default(200_000),
  OPENAI_TOKENS_PER_DAY: count(0, 10_000_000_000).default(5_000_000),
  AUGMENT_TOKEN_BUDGET: count(0, 10_000_000_000).default(500_000),

  EMBEDDINGS: z.enum(["latent", "minilm", "openai"]).optional(),
  MODELS_DIR: z.string().optional(),
  OPENAI_EMBEDDING_MODEL: z.string().default("text-embedding-3-small"),

  SQL_ROWS: count(1, 100_000).default(1000),
  SQL_SECONDS: count(1, 3600).default(30),
  SQL_MEMORY: memory.default("512MB"),
});

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** Their values may stand nowhere but in the environment: no log, error, manifest or page. */
export const secretSettings = [
  "DATABASE_URL",
  "SOURCE_PLATFORM_URL",
  "SOURCE_CRM_URL",
  "SOURCE_CLICKSTREAM_URL",
  "SOURCE_MAPS_URL",
  "SOURCE_CENSUS_URL",
  "ALERT_WEBHOOK_URL",
  "SNOWFLAKE_PASSWORD",
  "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
  "S3_ACCESS_KEY_ID",
  "S3_SECRET_ACCESS_KEY",
  "OPENAI_API_KEY",
] as const satisfies readonly SettingName[];
