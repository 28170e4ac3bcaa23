import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { openSnowflakeSession } from "@/lib/warehouse/snowflake";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import type { SnowflakeServer } from "./support/emulator";
import { describeWith, freshSnowflake } from "./support/engines";
import { type FaultProxy, refusal, startFaultProxy } from "./support/fault-proxy";
import { expireSessions, impatient, settingsFor } from "./support/snowflake-driver";

describeWith(["snowflake"], "signing in to Snowflake", () => {
  let server: SnowflakeServer;
  let proxy: FaultProxy;
  let folder: string;
  const file = (name: string) => path.join(folder, name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const pem = { type: "pkcs8", format: "pem" } as const;
    await writeFile(file("key.pem"), privateKey.export(pem));
    await writeFile(
      file("locked.pem"),
      privateKey.export({ ...pem, cipher: "aes-256-cbc", passphrase: "open sesame" }),
    );
    await writeFile(file("other.pem"), other.export(pem));
    await writeFile(file("no-key.pem"), "not a key");
    await writeFile(file("token"), "first-token\n");
    await writeFile(file("empty"), "\n");
    const users = {
      feature_mart: {
        password: "any-password",
        publicKey: publicKey.export({ type: "spki", format: "pem" }),
        oauthToken: "first-token",
      },
    };
    await writeFile(file("users.json"), JSON.stringify(users));
    server = await freshSnowflake({ args: ["--users", file("users.json")] });
    proxy = await startFaultProxy(server.url);
  });

  afterAll(async () => {
    await proxy?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const signIn = async (changes: Partial<SnowflakeSettings>) => {
    const session = await openSnowflakeSession(settingsFor(proxy.url, changes), { patience: impatient });
    const { rows } = await session.query("SELECT 1");
    await session.close();
    return rows;
  };
  const signIns = () => proxy.seen.filter(({ path: asked }) => asked.includes("login-request"));
  const keyPair = (name: string, passphrase: string | null = null) =>
    ({ signIn: { by: "key pair", file: file(name), passphrase } }) as const;
  const oauth = (name: string) => ({ signIn: { by: "oauth", file: file(name) } }) as const;

  it.each([
    ["a password", () => ({})],
    ["a key", () => keyPair("key.pem")],
    ["a key under a passphrase", () => keyPair("locked.pem", "open sesame")],
    ["a token", () => oauth("token")],
  ] as [string, () => Partial<SnowflakeSettings>][])("works with %s", async (_, changes) => {
    expect(await signIn(changes())).toEqual([[1]]);
  });

  const wrongPassword = { signIn: { by: "password", password: "wr0ng-passw0rd" } } as const;
  it.each([
    ["a wrong password", () => wrongPassword, "SNOWFLAKE_PASSWORD", 1],
    ["an unknown user", () => ({ user: "nobody" }), "SNOWFLAKE_USER", 1],
    ["a key that is not the user's", () => keyPair("other.pem"), "SNOWFLAKE_PRIVATE_KEY_FILE", 1],
    [
      "another account's name",
      () => ({ ...keyPair("key.pem"), account: "elsewhere", user: "nobody" }),
      "SNOWFLAKE_USER",
      1,
    ],
    ["a token that does not hold", () => oauth("other.pem"), "SNOWFLAKE_OAUTH_TOKEN_FILE", 1],
    ["a token file that is empty", () => oauth("empty"), "SNOWFLAKE_OAUTH_TOKEN_FILE", 0],
    ["a token file that is not there", () => oauth("nothing"), "SNOWFLAKE_OAUTH_TOKEN_FILE", 0],
    ["a key file that is not there", () => keyPair("nothing"), "SNOWFLAKE_PRIVATE_KEY_FILE", 0],
    ["a key file without a key", () => keyPair("no-key.pem"), "SNOWFLAKE_PRIVATE_KEY_FILE", 0],
    ["a wrong passphrase", () => keyPair("locked.pem", "wr0ng"), "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", 0],
    ["a passphrase left out", () => keyPair("locked.pem"), "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", 0],
  ] as [string, () => Partial<SnowflakeSettings>, string, number][])(
    "says which setting to correct for %s, after asking no more than once",
    async (_, changes, setting, asked) => {
      const before = signIns().length;
      const error = await signIn(changes()).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "WAREHOUSE_DENIED" });
      expect(error.message).toContain(setting);
      expect(JSON.stringify([error.message, error.details])).not.toMatch(
        /wr0ng|JWT|Incorrect username|first-token/,
      );
      expect(signIns().length - before).toBe(asked);
    },
  );

  it.each([
    ["390189", "SNOWFLAKE_ROLE"],
    ["390422", "network policy"],
    ["390318", "SNOWFLAKE_OAUTH_TOKEN_FILE"],
    ["390999", "SNOWFLAKE_ACCOUNT"],
  ])("says what to correct when the service refuses with %s", async (code, word) => {
    proxy.plan({ on: /login-request/, fault: refusal(code) });
    const error = await signIn({}).catch((thrown) => thrown);
    proxy.plan();
    expect(error).toMatchObject({ code: "WAREHOUSE_DENIED", details: { code } });
    expect(error.message).toContain(word);
    expect(error.message).not.toContain("vendor");
  });

  it("does not show a refused password again at once, lest the user be locked out", async () => {
    const refused = { signIn: { by: "password", password: "n0t-this-0ne" } } as const;
    const before = signIns().length;
    for (let turn = 0; turn < 5; turn++) {
      await expect(signIn(refused)).rejects.toMatchObject({ code: "WAREHOUSE_DENIED" });
    }
    expect(signIns().length - before).toBe(1);
    expect(await signIn({})).toEqual([[1]]);
  });

  it("reads the token anew for each connection", async () => {
    const session = await openSnowflakeSession(settingsFor(proxy.url, oauth("token")), {
      patience: impatient,
    });
    await writeFile(file("token"), "second-token");
    await expireSessions(server.url, "master");
    await expect(session.query("SELECT 1")).rejects.toMatchObject({ code: "WAREHOUSE_DENIED" });
    await writeFile(file("token"), "first-token");
    expect((await session.query("SELECT 2")).rows).toEqual([[2]]);
    await session.close();
    const tokens = signIns().map(({ body }) => (body as { data: { TOKEN?: string } }).data.TOKEN);
    expect(tokens.slice(-3)).toEqual(["first-token", "second-token", "first-token"]);
  });

  it("prints nothing, writes no log file, and tells nobody but the service", async () => {
    const printed = [vi.spyOn(process.stdout, "write"), vi.spyOn(console, "log")];
    const before = proxy.seen.length;
    await signIn({});
    await signIn(wrongPassword).catch(() => {});
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    expect(existsSync("snowflake.log")).toBe(false);
    const asked = proxy.seen.slice(before).map(({ path: asked }) => asked.split("?")[0]);
    expect(asked.filter((each) => each?.includes("telemetry"))).toEqual([]);
  });
});
