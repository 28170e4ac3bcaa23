import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { folderStore } from "@/lib/objects";
import type { QueryProgress, Warehouse } from "@/lib/warehouse";
import { openSnowflakeWarehouse } from "@/lib/warehouse/snowflake";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import type { SnowflakeServer } from "./support/emulator";
import { describeWith, freshSnowflake } from "./support/engines";
import {
  changedJson,
  type Fault,
  type FaultProxy,
  refusal,
  type SeenRequest,
  startFaultProxy,
} from "./support/fault-proxy";
import { handedOver, impatient, settingsFor } from "./support/snowflake-driver";

const submit = /^POST \/queries\/v1\/query-request/;
const status = /^GET \/monitoring\/queries/;
const result = /^GET \/queries\/[^/]+\/result/;
const part = /^GET \/fs_chunks/;
const context = { user: "u1", conversation: "c1", run: "r1" };
const unavailable: Fault = { kind: "answer", status: 503, body: { message: "vendor text" } };

describeWith(["snowflake"], "a Snowflake that fails", () => {
  let server: SnowflakeServer;
  let proxy: FaultProxy;
  let warehouse: Warehouse;
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await freshSnowflake({ args: ["--chunk-rows", "1000", "--hold-seconds", "1"] });
    proxy = await startFaultProxy(server.url);
    warehouse = await open();
    await warehouse.query("SELECT 1");
  });

  afterEach(() => proxy.plan());

  afterAll(async () => {
    await warehouse?.close();
    await proxy?.stop();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (url = proxy.url, patience: Partial<typeof impatient> = impatient, changes = {}) =>
    openSnowflakeWarehouse({
      ...{ settings: settingsFor(url, changes), schema: "FEATURE_MART", scratchDirectory: folder },
      objects: folderStore(`${folder}/objects`),
      patience,
    });

  const numbers = (name: string) =>
    `SELECT '${name}' AS NAME, SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 3500))`;

  /** The failure, in words that hold nothing of the vendor's; afterwards everything works again. */
  async function failure(work: () => Promise<unknown>) {
    const error = await work().then(
      () => null,
      (thrown) => thrown,
    );
    expect(`${error?.message} ${JSON.stringify(error?.details)}`).not.toMatch(/vendor|127\.0\.0\.1/);
    proxy.plan();
    expect((await warehouse.query("SELECT 1")).rows).toEqual([[1]]);
    return error;
  }

  const seenToBeBroken: [string, Fault][] = [
    ["breaks off", { kind: "cut", after: 500 }],
    [
      "is compressed and ends early",
      { kind: "change", answer: ({ body }) => ({ body: body.subarray(0, body.length / 2) }) },
    ],
    ["is empty", withRows(() => [])],
    ["is another answer", { kind: "change", answer: () => ({ body: gzipSync("<Error>gone</Error>") }) }],
  ];
  const brokenParts: [string, Fault][] = [
    ...seenToBeBroken,
    ["ends between two rows", withRows((rows) => rows.slice(0, -1))],
    ["lacks a row at its start", withRows((rows) => rows.slice(1))],
    ["is not there", { kind: "answer", status: 404, body: {} }],
    ["never comes", { kind: "silence" }],
  ];

  it.each(brokenParts)("gives nothing of a result whose second part %s", async (name, fault) => {
    proxy.plan({ on: part, fault, skip: 1 });
    const error = await failure(() => warehouse.query(numbers(name)));
    expect(error).toMatchObject({ code: "RESULT_INCOMPLETE", details: { expected: 3500 } });
  });

  it("gives nothing where the service declares more rows than it sends", async () => {
    const fewer = changedJson(({ data }) => void (data as { rowset: unknown[] }).rowset?.pop());
    proxy.plan({ on: result, fault: fewer });
    const error = await failure(() => warehouse.query("SELECT 1 AS A UNION ALL SELECT 2"));
    expect(error).toMatchObject({ code: "RESULT_INCOMPLETE", details: { expected: 2, received: 1 } });
  });

  it.each(seenToBeBroken)("asks again for a second part that %s, once", async (name, fault) => {
    proxy.plan({ on: part, fault, skip: 1, times: 1 });
    const patient = await open(proxy.url, {});
    expect((await patient.query(numbers(name))).rows.map(([, n]) => n)).toEqual([...Array(3500).keys()]);
    await patient.close();
  });

  it.each([
    ["refused for the moment", unavailable],
    ["lost on its way", { kind: "reset" }],
    ["lost on its way back", { kind: "cut", after: 0 }],
  ] as [string, Fault][])("runs a statement once whose handing over is %s", async (name, fault) => {
    proxy.plan({ on: submit, fault, times: 1 });
    expect((await warehouse.query(`SELECT 'given: ${name}'`)).rows).toEqual([[`given: ${name}`]]);
    expect(await handedOver(server.url, new RegExp(`'given: ${name}`))).toHaveLength(1);
  });

  it.each([
    ["handing over", submit],
    ["asking how it goes", status],
    ["asking for the result", result],
  ])("gives up when %s is refused for good, falls on silence, or breaks", async (_, on) => {
    for (const fault of [unavailable, { kind: "silence" }, { kind: "reset" }] as Fault[]) {
      proxy.plan({ on, fault });
      const error = await failure(() => warehouse.query("SELECT 'in vain'"));
      expect(error).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
      expect(error.message).toContain("SNOWFLAKE_URL");
    }
  });

  it("bears it when asking how a query goes fails now and then", async () => {
    proxy.plan({ on: status, fault: unavailable, skip: 1, times: 2 });
    expect((await warehouse.query("SELECT 'patient', SYSTEM$WAIT(1)")).rows[0]?.[0]).toBe("patient");
  });

  it.each([
    ["000606", "57P03", "WAREHOUSE_UNAVAILABLE", "SNOWFLAKE_WAREHOUSE"],
    ["090073", "57014", "WAREHOUSE_UNAVAILABLE", "quota"],
    ["003001", "42501", "WAREHOUSE_DENIED", "grant"],
    ["002003", "42S02", "WAREHOUSE_DENIED", "grant"],
    ["003003", "02000", "WAREHOUSE_DENIED", "grant"],
    ["100038", "22018", "QUERY_FAILED", "refused"],
  ])("says what is to be done about %s", async (code, state, expected, word) => {
    for (const on of [submit, result]) {
      proxy.plan({ on, fault: refusal(code, state) });
      const error = await failure(() => warehouse.query("SELECT 'refused'"));
      expect(error).toMatchObject({ code: expected, details: { code } });
      expect(error.message).toContain(word);
    }
  });

  it("tells that a query is queued, and that its warehouse is resuming", async () => {
    const heard: QueryProgress[] = [];
    const as = (state: string) =>
      changedJson(({ data }) => {
        for (const query of (data as { queries: { status: string }[] }).queries) query.status = state;
      });
    proxy.plan(
      { on: status, fault: as("RESUMING_WAREHOUSE"), times: 8 },
      { on: status, fault: as("QUEUED"), times: 3 },
    );
    const watched = warehouse.forRun({ ...context, onProgress: (progress) => heard.push(progress) });
    expect((await watched.query("SELECT 'resumed'")).rows).toEqual([["resumed"]]);
    expect(new Set(heard.map(({ state }) => state))).toEqual(new Set(["resuming warehouse", "queued"]));
  });

  it.each([
    ["handing over", submit],
    ["asking how it goes", status],
    ["asking for the result", result],
  ])(
    "renews a session that expires before %s, or signs in again, and runs the statement once",
    async (name, on) => {
      for (const [index, renewal] of [null, refusal("390114")].entries()) {
        const text = `expired ${name} ${index}`;
        proxy.plan(
          { on, fault: refusal("390112"), times: 1 },
          ...(renewal ? [{ on: /token-request/, fault: renewal }] : []),
        );
        expect((await warehouse.query(`SELECT '${text}'`)).rows).toEqual([[text]]);
        expect(await handedOver(server.url, new RegExp(`'${text}'`))).toHaveLength(1);
      }
    },
  );

  it("gives up when every session is over at once", async () => {
    proxy.plan({ on: /^(POST \/queries|GET)/, fault: refusal("390111") });
    expect(await failure(() => warehouse.query("SELECT 1"))).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
  });

  it.each([
    ["is handed over", submit],
    ["is asked how it goes", status],
    ["sends its result", part],
  ])("lets go of who stops a query that %s, though the service is silent", async (name, on) => {
    const patient = await open(proxy.url, {});
    await patient.query("SELECT 1");
    const before = proxy.seen.length;
    proxy.plan({ on, fault: { kind: "silence" } }, { on: /abort-request/, fault: { kind: "silence" } });
    const stop = new AbortController();
    const running = patient.query(numbers(name), { signal: stop.signal });
    running.catch(() => {});
    const arrived = () => proxy.seen.slice(before).some(({ method, path }) => on.test(`${method} ${path}`));
    await expect.poll(arrived, { timeout: 10_000 }).toBe(true);
    stop.abort();
    // Far from the thirty seconds that a silent service is waited for.
    const heard = Promise.race([running, delay(10_000, "not let go")]);
    await expect(heard).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    proxy.plan();
    expect((await patient.query("SELECT 2")).rows).toEqual([[2]]);
    await patient.close();
  });

  it("lets go of who stops while the service is silent to a sign-in, and keeps the connection for the next", async () => {
    const before = proxy.seen.length;
    proxy.plan({ on: /login-request/, fault: { kind: "delay", milliseconds: 3000 } });
    const patient = await open(proxy.url, {});
    const stop = new AbortController();
    const running = patient.query("SELECT 'signing in'", { signal: stop.signal });
    running.catch(() => {});
    const signIns = () =>
      proxy.seen.slice(before).filter(({ path }) => path.includes("login-request")).length;
    await expect.poll(signIns, { timeout: 10_000 }).toBe(1);
    stop.abort();
    const heard = await Promise.race([running.catch((error) => error), delay(2000, "not let go")]);
    expect(heard).toMatchObject({ code: "QUERY_CANCELLED" });
    await delay(4000);
    expect((await patient.query("SELECT 3")).rows).toEqual([[3]]);
    expect(signIns()).toBe(1);
    expect(await handedOver(server.url, /'signing in'/)).toEqual([]);
    await patient.close();
  });

  it("ends a query whose id comes only after the caller has left", async () => {
    proxy.plan({ on: submit, fault: { kind: "delay", milliseconds: 3000 } });
    const stop = new AbortController();
    const running = warehouse.query("SELECT 'late', SYSTEM$WAIT(60)", { signal: stop.signal });
    running.catch(() => {});
    await delay(200);
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    expect(await handedOver(server.url, /'late'/)).toEqual([]);
    await expect
      .poll(() => handedOver(server.url, /'late'/), { timeout: 20_000 })
      .toMatchObject([{ status: "FAILED_WITH_ERROR" }]);
  });

  it("ends a statement that arrives after the service was given up", async () => {
    const on = ({ body }: SeenRequest) => JSON.stringify(body).includes("'too late'");
    proxy.plan({ on, fault: unavailable });
    const given = warehouse.query("SELECT 'too late', SYSTEM$WAIT(60)");
    await expect(given).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
    expect(await handedOver(server.url, /'too late'/)).toEqual([]);
    proxy.plan();
    await expect
      .poll(() => handedOver(server.url, /'too late'/), { timeout: 60_000 })
      .toMatchObject([{ status: "FAILED_WITH_ERROR" }]);
  });

  it("throws a broken connection away, and opens another", async () => {
    const sessions = async () =>
      new Set((await handedOver(server.url, /'which'/)).map((each) => each.session));
    const alone = await open();
    await alone.query("SELECT 'which'");
    await alone.query("SELECT 'which'");
    const before = await sessions();
    proxy.plan({ on: result, fault: { kind: "silence" } });
    await expect(alone.query("SELECT 'broken'")).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
    proxy.plan();
    await alone.query("SELECT 'which'");
    expect((await sessions()).size).toBe(before.size + 1);
    await alone.close();
  });

  it.each([
    ["is not there", null],
    ["is silent", { kind: "silence" }],
    ["is too busy", unavailable],
  ] as [string, Fault | null][])(
    "signs in nowhere in bounded time when the service %s",
    async (name, fault) => {
      if (fault) proxy.plan({ on: /login-request/, fault });
      // A user of its own tells its sign-ins from those that an earlier test's SDK still tries.
      const user = `user who ${name}`;
      const nowhere = await open(fault ? proxy.url : "http://127.0.0.1:9", impatient, { user });
      await expect(nowhere.query("SELECT 1")).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
      const its = proxy.seen.filter(({ body }) => JSON.stringify(body).includes(user));
      expect(its.length).toBeLessThanOrEqual(3);
      await nowhere.close();
    },
  );
});

function withRows(change: (rows: unknown[]) => unknown[]): Fault {
  return {
    kind: "change",
    answer: ({ body }) => {
      const rows = JSON.parse(`[${gunzipSync(body)}]`);
      return { body: gzipSync(JSON.stringify(change(rows)).slice(1, -1)) };
    },
  };
}
