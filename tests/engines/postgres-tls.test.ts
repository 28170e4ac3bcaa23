import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeDatabase, database, openPool, pgPool, setDatabaseUrl } from "@/db/client";
import { startEmbedded, stopEmbedded } from "@/db/embedded";
import { findHome, giveTo } from "@/db/embedded/home";
import { ensureDatabase } from "@/db/ensure-database";
import { listen } from "@/db/listen";
import { tryLock } from "@/db/lock";
import { migrate } from "@/db/migrate";
import { config, parseConfig } from "@/lib/config";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { hasOpenssl, makeAuthority, makeCertificate } from "./support/certificates";

vi.mock("@/lib/config", async (original) => {
  const real = await original<typeof import("@/lib/config")>();
  // The settings are parsed once in a process; here each test has its own.
  return { ...real, config: () => real.parseConfig(process.env) };
});

const isPossible = await hasOpenssl();
const reason = isPossible ? "" : " (skipped: no openssl to make certificates with)";

describe.skipIf(!isPossible)(`a PostgreSQL with TLS${reason}`, () => {
  let folder: string;
  let server: URL;
  let authority: string;
  let stranger: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    authority = await makeAuthority(folder, "authority");
    stranger = await makeAuthority(folder, "stranger");
    const made = await makeCertificate(folder, {
      ...{ authority: "authority", name: "server", names: ["DNS:localhost", "DNS:database.example"] },
    });
    // Made once without, since the files must lie in its folder.
    await startEmbedded(folder);
    await stopEmbedded(folder);
    const home = await findHome(folder);
    const data = path.join(home.cluster, "pgdata");
    for (const [from, to] of [
      [made.certificate, "server.crt"],
      [made.key, "server.key"],
    ] as const) {
      await copyFile(from, path.join(data, to));
      await giveTo(home, path.join(data, to));
    }
    server = new URL(await startEmbedded(folder, () => {}, { ssl: "on" }));
  });
  afterEach(async () => {
    await closeDatabase();
    vi.unstubAllEnvs();
  });
  afterAll(async () => {
    await stopEmbedded(folder);
    await rm(folder, { recursive: true });
  });

  /** Uses the server as the settings say. */
  async function use(host: string, sslmode: string | null, caFile: string | null = null): Promise<void> {
    const url = new URL(server);
    url.hostname = host;
    if (sslmode) url.searchParams.set("sslmode", sslmode);
    vi.stubEnv("DATABASE_URL", url.href);
    vi.stubEnv("DATA_DIR", folder);
    if (caFile) vi.stubEnv("DATABASE_CA_FILE", caFile);
    await ensureDatabase();
  }

  const isEncrypted = sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;

  it.each([
    ["localhost", null, false],
    ["localhost", "disable", false],
    ["127.0.0.1", "require", true],
    ["127.0.0.1", "verify-ca", true],
    ["localhost", "verify-full", true],
  ])("by %s with sslmode %s: through every driver alike", async (host, sslmode, encrypted) => {
    await use(host, sslmode, sslmode?.startsWith("verify") ? authority : null);
    const all = [
      (await database().execute(isEncrypted))[0],
      (await pgPool().query("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).rows[0],
    ];
    expect(all).toEqual([{ ssl: encrypted }, { ssl: encrypted }]);
    await migrate();
    const pool = openPool({ max: 1 });
    const release = await tryLock(1, () => {});
    const stop = await new Promise<() => void>((resolve) => {
      const unlisten = listen(
        "any",
        () => {},
        () => resolve(unlisten),
      );
    });
    const { rows } = await pool.query(
      "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where backend_type = 'client backend'",
    );
    expect(rows).toEqual([{ ssl: encrypted }]);
    stop();
    await release?.();
    await pool.end();
  });

  it.each([
    ["localhost", "verify-full", "stranger", /nobody known has signed.*DATABASE_CA_FILE/],
    ["localhost", "verify-ca", "stranger", /nobody known has signed/],
    ["localhost", "require", "stranger", /nobody known has signed/],
    ["localhost", "verify-full", null, /nobody known has signed/],
    ["127.0.0.1", "verify-full", "authority", /certificate for another host than 127.0.0.1.*DATABASE_URL/],
  ])(
    "by %s with sslmode %s and the CA of %s: refused, saying what to correct",
    async (host, mode, ca, told) => {
      const caFile = ca === "stranger" ? stranger : ca === "authority" ? authority : null;
      await expect(use(host, mode, caFile)).rejects.toMatchObject({
        code: "DATABASE_UNAVAILABLE",
        message: expect.stringMatching(told),
      });
      // Nor does the other driver, or any later query, go on in spite of it.
      setDatabaseUrl(config().databaseUrl ?? "");
      await expect(database().execute(sql`select 1`)).rejects.toThrow();
      await expect(pgPool().query("select 1")).rejects.toThrow();
    },
  );

  it("is refused at once, with its password untold, when the user, the database or a file is wrong", async () => {
    const refused = async (change: (url: URL) => void, settings: Record<string, string> = {}) => {
      const url = new URL(server);
      change(url);
      vi.stubEnv("DATABASE_URL", url.href);
      vi.stubEnv("DATA_DIR", folder);
      for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
      const error = await ensureDatabase({ patience: 60_000 }).then(
        () => new Error("was taken"),
        (thrown: Error) => thrown,
      );
      expect(error.message).not.toContain(server.password);
      return error.message;
    };
    expect(await refused((url) => (url.password = "a-wrong-guess"))).toMatch(
      /refuses the password of feature_mart/,
    );
    expect(await refused((url) => (url.username = "nobody"))).toMatch(/refuses the password of nobody/);
    expect(await refused((url) => (url.pathname = "/not_there"))).toMatch(
      /has no database not_there.*CREATE DATABASE/,
    );
    expect(await refused((url) => (url.search = "?sslmode=prefer"))).toMatch(
      /sslmode=prefer.*disable, require, verify-ca/,
    );
    const noFile = { DATABASE_CA_FILE: path.join(folder, "not-there.pem") };
    expect(await refused((url) => (url.search = "?sslmode=verify-full"), noFile)).toMatch(
      /DATABASE_CA_FILE.*cannot be read/,
    );
    expect(parseConfig(process.env).databaseCaFile).toBe(noFile.DATABASE_CA_FILE);
  });

  it("that has none is not spoken to in the open when TLS is asked for", async () => {
    const plain = await temporaryFolder();
    const url = await startEmbedded(plain);
    vi.stubEnv("DATABASE_URL", `${url}?sslmode=require`);
    vi.stubEnv("DATA_DIR", plain);
    await expect(ensureDatabase()).rejects.toThrow(/offers no TLS/);
    await stopEmbedded(plain);
    await rm(plain, { recursive: true });
  });
});
