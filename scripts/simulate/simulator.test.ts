import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startEmbedded } from "@/db/embedded";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import { folderStore } from "@/lib/objects";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { runStep } from "@/lib/pipeline/run-step";
import type { StepReport } from "@/lib/pipeline/steps";
import { conform } from "@/lib/pipeline/steps/conform";
import { createExtract } from "@/lib/pipeline/steps/extract";
import { openPostgres } from "@/lib/postgres";
import { openDuckDbWriter } from "@/lib/warehouse";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { dumpTruth } from "./dump";
import { type Simulator, startSimulator } from "./simulator";

const size = { sellers: 40, seed: 5, threads: 2 };
const end = "2026-11-01T00:00:00Z";

let folder: string;
let simulator: Simulator;
let serverUrl: string;
const start = () => startSimulator({ ...size, dataDir: folder, serverUrl, mapsQuota: 2000 });

beforeAll(async () => {
  folder = await temporaryFolder();
  serverUrl = await startEmbedded(inject("postgresFolder"), () => {}, { fsync: "off" });
  simulator = await start();
}, 240_000);
afterAll(async () => {
  await simulator?.close();
  await rm(folder, { recursive: true, force: true });
});

async function get(address: string): Promise<{ status: number; headers: Headers; body: Buffer }> {
  const response = await fetch(address);
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

async function lines(address: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await get(address);
  expect(status).toBe(200);
  const text = body.toString("utf8").split("\n").filter(Boolean);
  return text.map((line) => {
    try {
      return JSON.parse(line);
    } catch {
      return { broken: line };
    }
  });
}

describe("the change feed", () => {
  it("numbers changes without a gap in the order of their times, page after page", async () => {
    const all = await lines(`${simulator.addresses.crm}/changes?limit=10000`);
    const told = all.filter(({ broken }) => !broken);
    expect(all.length - told.length).toBe(4);
    expect(all.map(({ sequence }, index) => sequence ?? index + 1)).toEqual(all.map((_, index) => index + 1));
    const times = told.map(({ changed_at }) => String(changed_at));
    expect(times).toEqual([...times].sort());
    const page = await lines(`${simulator.addresses.crm}/changes?after=100&limit=7`);
    expect(page).toEqual(all.slice(100, 107));
    expect(new Set(told.map(({ operation }) => operation))).toEqual(new Set(["insert", "update", "delete"]));
  });

  it("tells of a message only what had happened", async () => {
    const all = await lines(`${simulator.addresses.crm}/changes?limit=10000`);
    const messages = all.filter(({ table, operation }) => table === "messages" && operation !== "delete");
    expect(messages.length).toBeGreaterThan(500);
    for (const { row, changed_at } of messages) {
      const { message_id, ...then } = row as Record<string, string | null>;
      if (message_id?.startsWith("X")) continue;
      for (const name of [
        "sent_at",
        "delivered_at",
        "opened_at",
        "clicked_at",
        "replied_at",
        "converted_at",
      ]) {
        expect((then[name] ?? "") <= String(changed_at)).toBe(true);
      }
    }
  });

  it("gives the changes of a span", async () => {
    const span = await lines(
      `${simulator.addresses.crm}/changes?limit=10000&from=2026-02-01T00:00:00Z&to=2026-03-01T00:00:00Z`,
    );
    expect(span.length).toBeGreaterThan(20);
    for (const { changed_at } of span) expect(String(changed_at)).toMatch(/^2026-02/);
  });
});

describe("campaign days", () => {
  it("asks hurried readers to wait, and fails now and then", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => get(`${simulator.addresses.crm}/campaign-days`)),
    );
    const of = (status: number) => answers.filter((answer) => answer.status === status);
    expect(of(200).length).toBeGreaterThan(4);
    expect(of(503).length).toBeGreaterThan(0);
    expect(of(429).length).toBeGreaterThan(0);
    expect(of(429)[0]?.headers.get("retry-after")).toBe("1");
  });
});

describe("the click stream", () => {
  it("has partitions as long as it says, whose records go on from one into the next", async () => {
    const { clickstream } = simulator.addresses;
    const span = "from=2026-03-01T00&to=2026-03-08T00";
    const { body } = await get(`${clickstream}/partitions?${span}`);
    const { partitions } = JSON.parse(body.toString()) as {
      partitions: { partition: string; next_offset: number }[];
    };
    expect(partitions.length).toBeGreaterThan(5);
    const expected = partitions.flatMap(({ partition, next_offset }) =>
      Array.from({ length: next_offset }, (_, offset) => `${partition} ${offset}`),
    );
    const placeOf = ({ partition, offset }: Record<string, unknown>) => `${partition} ${offset}`;
    const all = await lines(`${clickstream}/records?${span}&offset=0&limit=10000`);
    expect(all.map(placeOf)).toEqual(expected);
    const [, second] = partitions;
    const rest = await lines(
      `${clickstream}/records?from=${second?.partition}&offset=0&to=2026-03-08T00&limit=3`,
    );
    expect(rest.map(placeOf)).toEqual(
      expected.slice(partitions[0]?.next_offset, (partitions[0]?.next_offset ?? 0) + 3),
    );
    for (const { received_at, partition } of all) expect(String(received_at).slice(0, 13)).toBe(partition);
  });
});

describe("the maps", () => {
  it("answers about several areas, and no more when the day's quota is used up", async () => {
    const areas = (await readFile(path.join(simulator.addresses.census, "areas.csv"), "utf8")).split("\n");
    const ids = areas.slice(1, 41).map((line) => line.split(",")[0]);
    const ask = () => get(`${simulator.addresses.maps}/pois?area_id=${ids.join(",")}`);
    const first = await ask();
    const { rows } = JSON.parse(first.body.toString()) as { rows: { area_id: string }[] };
    expect(new Set(rows.map(({ area_id }) => area_id))).toEqual(new Set(ids));
    expect(first.headers.get("x-quota-remaining")).toBe("1960");
    const answers = await Promise.all(Array.from({ length: 60 }, ask));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(49);
    const refused = answers.find(({ status }) => status === 429);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await get(`${simulator.addresses.maps}/geocode`)).status).toBe(400);
  });
});

it("finds its world and its database again, and says so in no time", { timeout: 120_000 }, async () => {
  const oid = async () => {
    const database = openPostgres(simulator.addresses.platform, { max: 1, connect_timeout: 5 });
    const [row] = await database`select oid from pg_database where datname = current_database()`;
    await database.end();
    return row?.oid;
  };
  const before = await oid();
  const labels: string[] = [];
  const again = await startSimulator({
    ...size,
    dataDir: folder,
    serverUrl,
    onProgress: (label) => labels.push(label),
  });
  expect(labels).toEqual(["platform database"]);
  expect(again.addresses.platform).toBe(simulator.addresses.platform);
  expect(await again.expectedQuarantine(end)).toEqual(await simulator.expectedQuarantine(end));
  await again.close();
  await expect(fetch(`${again.addresses.crm}/changes`)).rejects.toThrow();
  expect(await oid()).toBe(before);
});

it("is made by extract and conform into the truth, with every wrong row set aside", {
  timeout: 240_000,
}, async () => {
  const unhurried = await startSimulator({ ...size, dataDir: folder, serverUrl });
  const store = folderStore(path.join(folder, "store"));
  await mkdir(path.join(folder, "store"), { recursive: true });
  const parameters = {
    mart: "auto-marketplace",
    stamp: "v2026.11",
    start: "1970-01-01T00:00:00Z",
    end,
    previous: null,
  };
  const mart = { name: "auto-marketplace", sources: sourceTables } as PipelineMart;
  const reports: StepReport[] = [];
  const steps = {
    extract: createExtract(unhurried.addresses, { cacheDirectory: path.join(folder, "cache") }),
    conform,
  };
  for (const [step, run] of Object.entries(steps)) {
    const quiet = { onLog: () => {}, onProgress: () => {}, signal: new AbortController().signal };
    reports.push(
      await runStep({ step: step as "extract", parameters, mart, store, run, dataDir: folder, ...quiet }),
    );
  }
  const byName = (a: string, b: string) => (a < b ? -1 : 1);
  const setAside = reports.flatMap(({ quarantine }) => quarantine);
  const expected = await unhurried.expectedQuarantine(end);
  const label = (row: { table: string; reason: string; column: string | null; rows: number }) =>
    `${row.table} ${row.reason} ${row.column}: ${row.rows}`;
  expect(setAside.map(label).sort(byName)).toEqual(expected.map(label).sort(byName));
  await unhurried.close();

  const truth = path.join(folder, "truth");
  const counts = await dumpTruth({ ...size, end, to: truth });
  const scratch = await mkdtemp(path.join(folder, "compare-"));
  const engine = await openDuckDbWriter(path.join(scratch, "compare.duckdb"));
  try {
    for (const name of Object.keys(counts)) {
      const right = `(select * from '${path.join(truth, `${name}.parquet`)}')`;
      const found = `(select * from '${path.join(folder, "store/marts/auto-marketplace/v2026.11/conform", `${name}.parquet`)}')`;
      const { rows } = await engine.query(
        `select (select count(*) from (from ${right} except all from ${found})), (select count(*) from (from ${found} except all from ${right}))`,
      );
      expect([name, ...(rows[0] ?? []).map(Number)]).toEqual([name, 0, 0]);
    }
  } finally {
    await engine.close();
  }
});
