import { execFile, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, inject, it, vi } from "vitest";
import { launchDurable, shutdownDurable } from "@/agents/pipeline/durable";
import { closeDatabase, setDatabaseUrl, withConnection } from "@/db/client";
import { startEmbedded } from "@/db/embedded";
import { config, environmentWith, parseConfig } from "@/lib/config";
import { manifestSchema } from "@/lib/export";
import { closeMarts } from "@/lib/mart";
import { openObjectStore } from "@/lib/objects";
import { settingsSchema } from "@/lib/settings/schema";
import { openSnowflakeSession } from "@/lib/warehouse/snowflake";
import { copyWorldMart, worldMartFile } from "../support/demo-mart";
import { temporaryFolder } from "../support/temporary-folder";
import type { SnowflakeServer } from "./support/emulator";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import type { S3Server } from "./support/object-server";
import { makeBucket, type Policy, without } from "./support/production-bucket";
import { type ProductionDocument, readDocument } from "./support/production-document";
import { privilegesFor, privilegesGranted } from "./support/production-privileges";
import { handedOver, settingsFor } from "./support/snowflake-driver";

const run = promisify(execFile);

/** Does what the document says, step by step: what fails here fails for whoever follows it. */
describeWith(["snowflake", "s3"], "docs/production.md", () => {
  let document: ProductionDocument;
  let folder: string;
  let server: string;
  let s3: S3Server;
  let snowflake: SnowflakeServer;
  let proxy: FaultProxy;
  let bucket: Awaited<ReturnType<typeof makeBucket>>;
  /** The document's settings, with the addresses of this machine. */
  const settings: Record<string, string> = {};
  /** What the app said. */
  const shown: string[] = [];
  const administrator = () => settingsFor(snowflake.url);
  const file = (name: string) => path.join(folder, name);

  beforeAll(async () => {
    document = await readDocument();
    folder = await temporaryFolder();
    server = await startEmbedded(inject("postgresFolder"));
    s3 = await freshS3();
  });

  afterAll(async () => {
    await closeMarts();
    await closeDatabase();
    await asSuperuser("drop database if exists feature_mart with (force)");
    await asSuperuser("drop role if exists feature_mart_app");
    bucket?.close();
    await Promise.all([proxy?.stop(), snowflake?.stop(), s3.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  const asSuperuser = (statement: string) => withConnection(server, (db) => db.execute(sql.raw(statement)));

  it("has settings that are known and fit together, and no block that is not tried here", () => {
    const known = Object.keys(settingsSchema.shape);
    expect(Object.keys(document.settings).filter((name) => !known.includes(name))).toEqual([]);
    const { warehouse, objects, planner } = parseConfig(document.settings);
    expect([warehouse.kind, objects.kind, planner.maker]).toEqual(["snowflake", "s3", "openai"]);
    expect([...document.kinds].sort()).toEqual([
      "json lifecycle",
      "json policy",
      "json trust",
      "sh settings",
      "sh shell",
      "sql postgres",
      "sql snowflake",
    ]);
  });

  it("1: makes a database and its owner", async () => {
    for (const statement of document.statements("sql postgres")) await asSuperuser(statement);
    const url = new URL(document.settings.DATABASE_URL ?? "");
    expect(url.searchParams.get("sslmode")).toBe("verify-full");
    // The server of the tests has no TLS; postgres-tls.test.ts has.
    Object.assign(url, { host: new URL(server).host, search: "" });
    settings.DATABASE_URL = url.href;
  });

  it("2: makes a bucket, in which the app may do what a store does and nothing elsewhere", async () => {
    for (const name of ["OBJECT_STORE", "S3_BUCKET", "S3_PREFIX", "S3_REGION"]) {
      settings[name] = document.settings[name] ?? "";
    }
    const { Rules } = JSON.parse(document.of("json lifecycle")[0] ?? "");
    const prefixes = Rules.map(({ Filter }: { Filter: { Prefix: string } }) => Filter.Prefix);
    expect(prefixes).toEqual(["", "unload/", "marts/"].map((prefix) => `${settings.S3_PREFIX}/${prefix}`));

    bucket = await makeBucket(s3, settings.S3_BUCKET ?? "");
    const [app, service] = [await bucket.makeUser("app"), await bucket.makeUser("service")];
    const [ofApp, ofService] = document.of("json policy").map((text): Policy => JSON.parse(text));
    if (!ofApp || !ofService) throw new Error("two policies are needed");
    Object.assign(settings, {
      S3_ENDPOINT: s3.url,
      S3_ACCESS_KEY_ID: app.accessKey,
      S3_SECRET_ACCESS_KEY: app.secretKey,
    });

    if (s3.maker === "versitygw") {
      for (const action of ofApp.Statement.flatMap(({ Action }) => Action)) {
        await bucket.allow([[app, without(action, ofApp)]]);
        await expect(tryStore(), `without ${action}`).rejects.toMatchObject({
          code: "OBJECT_STORE_UNAVAILABLE",
        });
      }
    }
    await bucket.allow([
      [app, ofApp],
      [service, ofService],
    ]);
    await tryStore();
    if (s3.maker === "versitygw") {
      await expect(tryStore("another-team")).rejects.toMatchObject({ code: "OBJECT_STORE_UNAVAILABLE" });
    }

    await writeFile(file("users.json"), JSON.stringify({ feature_mart: { password: "any-password" } }));
    const args = ["--users", file("users.json")];
    snowflake = await freshSnowflake({ s3: { ...s3, ...service }, args });
    proxy = await startFaultProxy(snowflake.url);
  });

  /** All that the app does with a bucket. */
  async function tryStore(prefix = settings.S3_PREFIX ?? ""): Promise<void> {
    const store = openObjectStore(parseConfig({ ...settings, S3_PREFIX: prefix }));
    await writeFile(file("large"), Buffer.alloc(9 * 1024 * 1024, 7));
    await store.putFile("tried/large", file("large"));
    await store.putIfAbsent("tried/once", "1");
    expect(await store.putIfAbsent("tried/once", "2")).toBe(false);
    expect(await store.exists("tried/nothing")).toBe(false);
    const link = await store.link("tried/once", { name: "once", contentType: "text/plain" });
    expect(await (await fetch(link ?? "")).text()).toBe("1");
    await bucket.beginUpload(`${prefix}/tried/unfinished`);
    expect(await store.sweep(new Date(Date.now() + 60_000))).toBeGreaterThan(0);
    await store.removeAll("tried");
    expect(await store.exists("tried/large")).toBe(false);
  }

  it("3: makes the warehouse, the role, a user with a key pair, and the storage integration", async () => {
    const passphrase = document.settings.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE ?? "";
    const [makeKeys = ""] = document.of("sh shell");
    await run("sh", ["-e", "-c", makeKeys], {
      cwd: folder,
      env: environmentWith({ PASSPHRASE: passphrase }),
    });
    expect(await readFile(file("feature_mart_key.p8"), "utf8")).toContain("ENCRYPTED PRIVATE KEY");
    const lines = (await readFile(file("feature_mart_key.pub"), "utf8")).trim().split("\n");
    const publicKey = lines.slice(1, -1).join("");

    const session = await openSnowflakeSession(administrator());
    for (const statement of document.statements("sql snowflake")) {
      await session.query(statement.replace(/(RSA_PUBLIC_KEY = )'[^']+'/, `$1'${publicKey}'`));
    }
    await session.close();
    for (const [name, value] of Object.entries(document.settings)) {
      if (name === "WAREHOUSE" || name.startsWith("SNOWFLAKE_")) settings[name] = value;
    }
    settings.SNOWFLAKE_PRIVATE_KEY_FILE = file(path.basename(settings.SNOWFLAKE_PRIVATE_KEY_FILE ?? ""));
    settings.SNOWFLAKE_URL = proxy.url;
  });

  it("5: brings the mart into Snowflake, and makes the first export by the command that it names", {
    timeout: 900_000,
  }, async () => {
    Object.assign(settings, { DATA_DIR: file("data"), MART_SELLERS: "60", LOG_LEVEL: "warn" });
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    expect(config().warehouse).toMatchObject({ kind: "snowflake", signIn: { by: "key pair" } });
    await worldMartFile(60);
    await copyWorldMart(60, config().dataDir);

    const ask = document.of("sh shell").find((block) => block.startsWith("npm run ask")) ?? "";
    const child = spawn("sh", ["-c", ask], {
      env: environmentWith({ VITEST: "", ...settings, LOG_LEVEL: "debug" }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
    shown.push(said, complained);
    expect(complained).not.toMatch(/"level":"(warn|error)"/);
    const destination = said.trim().split("\n").at(-1) ?? "";
    const told = /`(s3:\/\/\S+\/exports\/)…`/.exec(document.text)?.[1] ?? "nothing";
    expect(destination.startsWith(told), `${said}\n${complained}`).toBe(true);

    const [, , , ...key] = destination.split("/");
    const manifest = manifestSchema.parse(
      JSON.parse(await bucket.read(`${key.filter(Boolean).join("/")}/manifest.json`)),
    );
    expect(manifest.engine.name).toBe("snowflake");
    expect(manifest.data.rows).toBeGreaterThan(0);
  });

  it("shows none of its secrets in what it said, exported and stored", async () => {
    for (const key of await bucket.keys()) shown.push(await bucket.read(key));
    expect(shown.join("")).toContain("contentHash");
    const url = settings.DATABASE_URL ?? "";
    const tables = await withConnection(url, (db) =>
      db.execute<{ name: string }>(
        sql`select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
          where schemaname not in ('pg_catalog', 'information_schema')`,
      ),
    );
    for (const { name } of tables) {
      const rows = await withConnection(url, (db) => db.execute(sql.raw(`select t::text from ${name} t`)));
      shown.push(JSON.stringify(rows));
    }
    const keyFile = await readFile(settings.SNOWFLAKE_PRIVATE_KEY_FILE ?? "", "utf8");
    const secrets = [
      ...parseConfig(settings).secrets,
      ...keyFile.split("\n").filter((line) => line.length > 30),
    ];
    expect(secrets.length).toBeGreaterThan(20);
    expect(secrets.filter((secret) => shown.join("\n").includes(secret))).toEqual([]);
  });

  it("3: signed in by that key pair alone, with those roles", () => {
    const signIns = proxy.seen.filter((seen) => seen.path.includes("login-request"));
    const roles = new Set<string | null>();
    for (const { path: asked, body } of signIns) {
      expect(body).toMatchObject({
        data: { AUTHENTICATOR: "SNOWFLAKE_JWT", LOGIN_NAME: "FEATURE_MART_APP" },
      });
      const query = new URL(asked, proxy.url).searchParams;
      expect(query.get("warehouse")).toBe("FEATURE_WH");
      roles.add(query.get("roleName"));
    }
    expect([...roles].sort()).toEqual(["FEATURE_MART_APP", "FEATURE_MART_READER"]);
  });

  it("3: names the privileges that the statements take, and none besides", async () => {
    const asked = statementsOf(proxy.seen);
    expect(asked.length).toBeGreaterThan(30);
    const names = {
      database: settings.SNOWFLAKE_DATABASE ?? "",
      schema: `${settings.SNOWFLAKE_DATABASE}.${settings.SNOWFLAKE_SCHEMA}`,
      warehouse: settings.SNOWFLAKE_WAREHOUSE ?? "",
      integration: settings.SNOWFLAKE_STORAGE_INTEGRATION ?? "",
    };
    const granted = (role: string) => privilegesGranted(document.statements("sql snowflake"), role);
    expect(privilegesFor(asked, names)).toEqual(granted("FEATURE_MART_APP"));
    const read = asked.filter((statement) => /^(SELECT|WITH|COPY INTO '|ALTER SESSION)/.test(statement));
    expect(privilegesFor(read, names)).toEqual(granted("FEATURE_MART_READER"));
    const opened = asked.filter((statement) => / TO ROLE FEATURE_MART_READER$/.test(statement));
    expect(opened.map((statement) => statement.split(" ")[1])).toEqual(["USAGE", "SELECT"]);
  });

  it("3: can be followed in the query history by its tags", async () => {
    const [unload] = (await handedOver(snowflake.url, /^COPY INTO 's3:\S+\/unload\//)).slice(-1);
    const tag = JSON.parse(unload?.parameters.QUERY_TAG ?? "{}");
    expect(Object.keys(tag).sort()).toEqual(["approval", "conversation", "run", "user"]);
    const told = /query tag with (\w+), (\w+), (\w+) and\s(\w+)/.exec(document.text)?.slice(1);
    expect(told?.sort()).toEqual(Object.keys(tag).sort());
  });

  it("1: names the schemas that the app and its durable runs have made there", async () => {
    const url = settings.DATABASE_URL ?? "";
    setDatabaseUrl(url);
    await launchDurable({ run: async () => {}, due: async () => {} });
    await shutdownDurable();
    const schemas = await withConnection(url, (db) =>
      db.execute<{ name: string }>(sql`select distinct table_schema as name from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema') order by 1`),
    );
    const told = document.text.match(/in the schemas ([^:.]+)/)?.[1]?.match(/\w+(?=`)/g);
    expect(schemas.map(({ name }) => name)).toEqual(told?.sort());
  });
});

/** Every distinct statement that passed. */
function statementsOf(seen: FaultProxy["seen"]): string[] {
  const texts = seen.map(({ body }) => (body as { sqlText?: string } | null)?.sqlText ?? "");
  return [...new Set(texts.filter((text) => text !== ""))];
}
