import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { parseConfig } from "@/lib/config";
import { secretSettings, settingsSchema } from "@/lib/settings/schema";

/** The example's lines as if they were not commented out. */
const example = parseEnv(readFileSync(".env.example", "utf8").replace(/^#(?=[A-Z_0-9]+=)/gm, ""));

describe(".env.example", () => {
  it("has every setting and no other", () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
  });

  it("gives the defaults that hold", () => {
    const { success, data: defaults } = settingsSchema.safeParse({});
    expect(success).toBe(true);
    const written = Object.fromEntries(Object.entries(example).filter(([, value]) => value !== ""));
    const named = Object.fromEntries(
      Object.entries(defaults ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(written).toEqual(named);
    expect(parseConfig(example)).toEqual(parseConfig({}));
  });
});

describe("bad settings", () => {
  const problemsOf = (settings: Record<string, string>) => {
    try {
      parseConfig(settings);
      return [];
    } catch (error) {
      return (error as { details: { problems: string[] } }).details.problems;
    }
  };

  it("are listed all at once", () => {
    const names = problemsOf({
      PORT: "no",
      WAREHOUSE: "snowflake",
      PLANNER: "openai",
      S3_ENCRYPTION: "rot13",
    }).map((problem) => problem.split(":")[0]);
    expect(names).toEqual(expect.arrayContaining(["PORT", "S3_ENCRYPTION", "OPENAI_API_KEY"]));
  });

  it.each([
    [
      {},
      /exactly one of .* is needed to sign in, none is set[\s\S]*SNOWFLAKE_ACCOUNT: needed[\s\S]*SNOWFLAKE_USER: needed/,
    ],
    [
      { SNOWFLAKE_PASSWORD: "hunter2", SNOWFLAKE_OAUTH_TOKEN_FILE: "t" },
      /PASSWORD and SNOWFLAKE_OAUTH_TOKEN_FILE are set/,
    ],
    [{ SNOWFLAKE_ACCOUNT: "https://a-b.snowflakecomputing.com" }, /without https/],
    [{ SNOWFLAKE_ACCOUNT: "a-b.snowflakecomputing.com" }, /the part before/],
    [{ SNOWFLAKE_DATABASE: "A; DROP" }, /SNOWFLAKE_DATABASE: a plain identifier/],
    [{ OBJECT_STORE: "folder" }, /must be s3 when WAREHOUSE is snowflake/],
  ])("says what a Snowflake sign-in lacks: %j", (settings, sentence) => {
    expect(problemsOf({ WAREHOUSE: "snowflake", ...settings }).join("\n")).toMatch(sentence);
  });

  it.each([
    [{}, /S3_BUCKET: needed/],
    [{ S3_BUCKET: "s3://mine" }, /a bucket's name, without s3/],
    [{ S3_BUCKET: "mine", S3_PREFIX: "/a/" }, /without slashes at its ends/],
    [{ S3_BUCKET: "mine", S3_PREFIX: "a/../b" }, /dots before names/],
    [{ S3_BUCKET: "mine", S3_ACCESS_KEY_ID: "AKIA" }, /set both S3_ACCESS_KEY_ID and this, or neither/],
    [{ S3_BUCKET: "mine", S3_KMS_KEY_ID: "1" }, /only when S3_ENCRYPTION is aws:kms/],
  ])("says what a bucket lacks: %j", (settings, sentence) => {
    expect(problemsOf({ OBJECT_STORE: "s3", ...settings }).join("\n")).toMatch(sentence);
  });

  it.each(["SNOWFLAKE_URL", "S3_ENDPOINT", "OPENAI_BASE_URL"])(
    "let no password stand in %s, which errors name",
    (name) => {
      const [problem] = problemsOf({ [name]: "https://me:hunter2@vendor.example" });
      expect(problem).toBe(`${name}: an address without a user and a password`);
      expect(problemsOf({ [name]: "https://vendor.example" })).toEqual([]);
    },
  );

  it("never repeat a secret", () => {
    for (const name of secretSettings) {
      const problems = problemsOf({ PORT: "no", WAREHOUSE: "snowflake", [name]: "::s3cr3t value::" });
      expect(problems.join("\n")).not.toContain("s3cr3t");
    }
  });
});

it("knows the values that may stand nowhere else", () => {
  const { secrets } = parseConfig({
    DATABASE_URL: "postgres://me:p%40ssword@db.example/app",
    ALERT_WEBHOOK_URL: "https://hooks.example/services/1",
    OPENAI_API_KEY: "sk-1234567890",
  });
  expect(secrets).toEqual(
    expect.arrayContaining(["p%40ssword", "p@ssword", "https://hooks.example/services/1", "sk-1234567890"]),
  );
});

describe("PIPELINE_CRON", () => {
  it("is the first of every month by default, and may be off", () => {
    expect(parseConfig({}).pipelineCron).toBe("0 3 1 * *");
    expect(parseConfig({ PIPELINE_CRON: "off" }).pipelineCron).toBeNull();
  });

  it.each(["*/5 0-6 1,15 * 1-5", "59 23 31 12 7", "0 0 1 1-12/3 *"])("takes %s", (cron) => {
    expect(parseConfig({ PIPELINE_CRON: cron }).pipelineCron).toBe(cron);
  });

  it.each([
    "monthly",
    "0 3 1 *",
    "60 3 1 * *",
    "0 24 1 * *",
    "0 3 0 * *",
    "0 3 1 13 *",
    "0 3 1 * 8",
    "* * * * *;",
    "0 3 1-32 * *",
  ])("refuses %s, naming the setting", (cron) => {
    expect(() => parseConfig({ PIPELINE_CRON: cron })).toThrow(/PIPELINE_CRON: five fields/);
  });
});

it("tells of runs that fail, or of every one, to a webhook that is an HTTP address", () => {
  expect(parseConfig({}).alerts).toEqual({ url: null, on: "problems" });
  const url = "https://hooks.example/services/1";
  expect(parseConfig({ ALERT_WEBHOOK_URL: url, ALERT_ON: "all" }).alerts).toEqual({ url, on: "all" });
  expect(() => parseConfig({ ALERT_WEBHOOK_URL: "file:///etc/passwd" })).toThrow(/ALERT_WEBHOOK_URL/);
});
