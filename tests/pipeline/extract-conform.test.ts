import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startEmbedded } from "@/db/embedded";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import { truthSql } from "@/db/marts/auto-marketplace/world";
import { folderStore, type ObjectStore } from "@/lib/objects";
import type { PipelineMart } from "@/lib/pipeline/mart";
import { runStep } from "@/lib/pipeline/run-step";
import type { StepParameters, StepReport } from "@/lib/pipeline/steps";
import { conform } from "@/lib/pipeline/steps/conform";
import { createExtract } from "@/lib/pipeline/steps/extract";
import { openDuckDbWarehouse, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import { type Simulator, startSimulator } from "@/scripts/simulate/simulator";
import { temporaryFolder } from "../support/temporary-folder";

const beginning = "1970-01-01T00:00:00Z";
const earlier = "2026-10-01T00:00:00Z";
const later = "2026-11-01T00:00:00Z";
const size = { sellers: 60, seed: 7 };
const tables = sourceTables.map(({ name }) => name);

const changing = new Set(sourceTables.filter(({ row }) => "updated_at" in row.shape).map(({ name }) => name));

let folder: string;
let simulator: Simulator;
let world: Warehouse;
const rebuilt: StepReport[] = [];
const grown: StepReport[] = [];
let expected: { whole: Counted[]; increment: Counted[] };

// Dirty sources, served by the real protocols, read and conformed three times: up to an earlier stamp, from there on, and whole.
beforeAll(async () => {
  folder = await temporaryFolder();
  const serverUrl = await startEmbedded(inject("postgresFolder"), () => {});
  simulator = await startSimulator({ ...size, dataDir: folder, serverUrl });
  const store = (name: string) => folderStore(path.join(folder, name));
  await runBoth(store("grown"), { stamp: "v2026.10", start: beginning, end: earlier, previous: null });
  grown.push(
    ...(await runBoth(store("grown"), {
      stamp: "v2026.11",
      start: earlier,
      end: later,
      previous: "v2026.10",
    })),
  );
  rebuilt.push(
    ...(await runBoth(store("rebuilt"), { stamp: "v2026.11", start: beginning, end: later, previous: null })),
  );
  expected = {
    whole: await simulator.expectedQuarantine(later),
    increment: await simulator.expectedQuarantine(later, earlier),
  };
  await simulator.close();
  const file = path.join(folder, "simulated", `${size.seed}_${size.sellers}`, "simulated.duckdb");
  world = await openDuckDbWarehouse({ path: file, writableDirectories: [folder] });
}, 300_000);
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("dirty sources, extracted and conformed", () => {
  it.each(tables)("give the truth about %s, whole and by increment", async (name) => {
    expect(await differences(name, "rebuilt", "v2026.11", later)).toEqual({ missing: 0, surplus: 0 });
    expect(await differences(name, "grown", "v2026.11", later)).toEqual({ missing: 0, surplus: 0 });
    expect(await differences(name, "grown", "v2026.10", earlier)).toEqual({ missing: 0, surplus: 0 });
  });

  it("give every plan of a seller its period", async () => {
    const told = `SELECT seller_id, new_plan AS plan, changed_at AS valid_from FROM (${truthOf("plan_changes", later)})`;
    for (const store of ["rebuilt", "grown"]) {
      // Versions of other columns may part the period of a plan.
      const found = `SELECT seller_id, plan, valid_from FROM (
          SELECT *, lag(plan) OVER (PARTITION BY seller_id ORDER BY valid_from) AS before
          FROM ${conformed("sellers_history", store, "v2026.11")}
        ) WHERE before IS DISTINCT FROM plan`;
      expect(await compare(told, found)).toEqual({ missing: 0, surplus: 0 });
    }
  });

  it("set aside what the simulator made wrong, by table, reason and column, and nothing else", () => {
    expect(counted(rebuilt.flatMap(({ quarantine }) => quarantine))).toEqual(counted(expected.whole));
    // A wrong row of long ago that was changed since is read again, and is wrong again.
    const readOnce = ({ table }: Counted) => !changing.has(table);
    expect(counted(grown.flatMap(({ quarantine }) => quarantine).filter(readOnce))).toEqual(
      counted(expected.increment.filter(readOnce)),
    );
  });

  it("read for the increment only what is new, but for what is always read whole", () => {
    const landed = (reports: StepReport[], file: string) =>
      reports[0]?.files.find(({ name }) => name === file)?.rows ?? Number.NaN;
    const file = "clickstream.sessions.parquet";
    expect(landed(grown, file)).toBeGreaterThan(0);
    expect(landed(grown, file)).toBeLessThan(landed(rebuilt, file) / 2);
  });
});

type Counted = Pick<StepReport["quarantine"][number], "table" | "reason" | "column" | "rows">;

function counted(rows: Counted[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { table, reason, column, rows: count } of rows) {
    const name = `${table} ${reason} ${column ?? ""}`;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...counts].sort());
}

async function runBoth(store: ObjectStore, stamp: Omit<StepParameters, "mart">): Promise<StepReport[]> {
  const parameters: StepParameters = { mart: "auto-marketplace", ...stamp };
  const common = {
    parameters,
    mart: { name: "auto-marketplace", sources: sourceTables } as PipelineMart,
    store,
    onLog: () => {},
    onProgress: () => {},
    signal: new AbortController().signal,
    dataDir: folder,
  };
  const extract = createExtract(simulator.addresses, { cacheDirectory: path.join(folder, "cache") });
  return [
    await runStep({ ...common, step: "extract", run: extract }),
    await runStep({ ...common, step: "conform", run: conform }),
  ];
}

function truthOf(name: string, end: string): string {
  const table = sourceTables.find((candidate) => candidate.name === name);
  if (!table) throw new Error(`no source table ${name}`);
  return truthSql(table, end);
}

function conformed(name: string, store: string, stamp: string): string {
  return `read_parquet(${quoteText(path.join(folder, store, "marts", "auto-marketplace", stamp, "conform", `${name}.parquet`))})`;
}

function differences(name: string, store: string, stamp: string, end: string) {
  const table = sourceTables.find((candidate) => candidate.name === name);
  const columns = Object.keys(table?.row.shape ?? {}).map(quoteName);
  return compare(truthOf(name, end), `SELECT ${columns.join(", ")} FROM ${conformed(name, store, stamp)}`);
}

async function compare(truth: string, found: string) {
  const { rows } = await world.query(
    `WITH truth AS (${truth}), found AS (${found})
     SELECT (SELECT count(*) FROM (FROM truth EXCEPT ALL FROM found)), (SELECT count(*) FROM (FROM found EXCEPT ALL FROM truth))`,
  );
  return { missing: Number(rows[0]?.[0]), surplus: Number(rows[0]?.[1]) };
}
