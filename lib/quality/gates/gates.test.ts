import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeclaredFeature, DeclaredTable } from "@/lib/registry";
import { openDuckDbWarehouse, openDuckDbWriter } from "@/lib/warehouse";
import { type Declared, type GateReport, runGates, type StampProfile } from ".";

let directory: string;
let opened: number;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "gates-"));
  opened = 0;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const table = (name: string, entity: string, keys: DeclaredTable["keys"]): DeclaredTable => ({
  name,
  description: "",
  entity,
  kind: keys.some(({ kind }) => kind === "primary") ? "entity" : "feature",
  grain: keys[0]?.columns ?? [],
  keys,
  owner: "team",
  synonyms: [],
});
const feature = (
  of: string,
  name: string,
  type: DeclaredFeature["type"],
  more: Partial<DeclaredFeature> = {},
) => ({
  table: of,
  name,
  description: "",
  type,
  family: "f",
  isKey: false,
  pii: false,
  owner: "team",
  ...more,
});

const declared: Declared = {
  version: "1.0.0",
  tables: [
    table("SHOPS", "shop", [
      { kind: "primary", entity: "shop", columns: ["SHOP_ID"] },
      { kind: "foreign", entity: "town", columns: ["TOWN_ID"] },
    ]),
    table("TOWNS", "town", [{ kind: "primary", entity: "town", columns: ["TOWN_ID"] }]),
  ],
  features: [
    feature("SHOPS", "SHOP_ID", "integer", { isKey: true }),
    feature("SHOPS", "TOWN_ID", "integer", { isKey: true }),
    feature("SHOPS", "visits", "integer"),
    feature("SHOPS", "share", "float"),
    feature("SHOPS", "plan", "text"),
    feature("SHOPS", "owner_name", "text", { pii: true }),
    feature("SHOPS", "opened_on", "date"),
    feature("TOWNS", "TOWN_ID", "integer", { isKey: true }),
    feature("TOWNS", "people", "integer"),
  ],
  promises: new Map([["SHOPS", new Set(["visits"])]]),
};

const shops = `select i as SHOP_ID, i % 10 as TOWN_ID, ((i * 7919) % 1000)::bigint as visits, ((i * 31) % 100) / 100.0::double as share,
  case when i % 3 = 0 then 'gold' else 'free' end as plan, 'Shop ' || i as owner_name, date '2026-01-01' as opened_on,
  'v2026.10' as STAMP from range(2000) t(i)`;
const towns = "select i as TOWN_ID, (i * 1000)::bigint as people, 'v2026.10' as STAMP from range(10) t(i)";

/** Gates of a mart whose shops are as the SQL over `shops` says. */
async function gates(
  changed: string,
  options: { reference?: StampProfile; stamp?: string; declared?: Declared; before?: string } = {},
): Promise<{ report: GateReport; profile: StampProfile; file: string }> {
  const stamp = options.stamp ?? "v2026.11";
  const file = path.join(directory, `${opened}.duckdb`);
  const writer = await openDuckDbWriter(file);
  await writer.run(`create table SHOPS as with shops as (${shops.replaceAll("v2026.10", stamp)}) ${changed}`);
  await writer.run(`create table TOWNS as ${towns.replaceAll("v2026.10", stamp)}`);
  await writer.close();
  const { before } = options;
  const warehouse = await openDuckDbWarehouse({
    ...{ path: file, writableDirectories: [] },
    ...(before ? { attached: { before } } : {}),
  });
  opened++;
  try {
    const reference = options.reference
      ? { profile: options.reference, database: before ? "before" : null }
      : null;
    const result = await runGates({ warehouse, stamp, declared: options.declared ?? declared, reference });
    return { ...result, file };
  } finally {
    await warehouse.close();
  }
}

const halts = ({ checks }: GateReport) =>
  checks
    .filter(({ verdict }) => verdict === "halt")
    .map(({ check, table: of, column }) => `${check} ${of}${column ? `.${column}` : ""}`);

describe("gates", () => {
  it("let the first stamp pass, saying that nothing could be compared", async () => {
    const { report, profile } = await gates("from shops", { stamp: "v2026.10" });
    expect(halts(report)).toEqual([]);
    expect(report.counts.no_reference).toBe(2 + 4);
    expect(profile.columns.map(({ column }) => column)).toEqual(["visits", "share", "plan", "people"]);
    expect(JSON.stringify(profile)).not.toContain("Shop 1");
  });

  it("name the column that drifted, and by how much, and no other", async () => {
    const first = await gates("from shops", { stamp: "v2026.10" });
    const { report } = await gates("select * replace (visits * 3 as visits) from shops", {
      reference: first.profile,
      before: first.file,
    });
    expect(halts(report)).toEqual(["drift SHOPS.visits"]);
    const [worst] = report.drift;
    expect(worst).toMatchObject({ column: "visits", bins: { kind: "number" } });
    expect(worst?.psi).toBeGreaterThan(1);
    expect(worst?.measures.ks?.statistic).toBeCloseTo(2 / 3, 1);
    expect(worst?.measures.ks?.pValue).toBeLessThan(1e-6);
    expect(report.checks[0]?.text).toMatch(
      /^SHOPS\.visits is distributed otherwise .* index \d+\.\d{3}, limit 0\.25\.$/,
    );
  });

  it("warn of drift that is expected, say why, and halt at all the rest of the column's checks", async () => {
    const first = await gates("from shops", { stamp: "v2026.10" });
    const moving = { ...declared, moving: new Map([["SHOPS", new Map([["visits", "calendar" as const]])]]) };
    const drifted = await gates("select * replace (visits * 3 as visits, 'free' as plan) from shops", {
      ...{ reference: first.profile, declared: moving },
    });
    expect(halts(drifted.report)).toEqual(["drift SHOPS.plan"]);
    const warned = drifted.report.checks.find(
      ({ column, check }) => column === "visits" && check === "drift",
    );
    expect(warned).toMatchObject({
      verdict: "warn",
      limit: 0.1,
      text: expect.stringContaining("the calendar"),
    });
    expect(warned?.value).toBeGreaterThan(1);
    const missing = await gates("select * replace (nullif(visits, visits) as visits) from shops", {
      ...{ reference: first.profile, declared: moving },
    });
    expect(halts(missing.report)).toEqual(["nulls SHOPS.visits"]);
  });

  it.each([
    [
      "a category that was never seen",
      "select * replace ('platinum' as plan) from shops",
      "drift SHOPS.plan",
    ],
    [
      "values that went missing",
      "select * replace (case when SHOP_ID % 2 = 0 then share end as share) from shops",
      "drift SHOPS.share",
    ],
    [
      "not a number",
      "select * replace (case when SHOP_ID % 2 = 0 then 'nan'::double else share end as share) from shops",
      "drift SHOPS.share",
    ],
    [
      "a promised column with 2 % missing",
      "select * replace (case when SHOP_ID >= 40 then visits end as visits) from shops",
      "nulls SHOPS.visits",
    ],
    ["rows that are gone", "from shops where SHOP_ID < 900", "rows SHOPS"],
    ["a key that repeats", "from shops union all from shops where SHOP_ID = 7", "keys SHOPS.SHOP_ID"],
    [
      "a key without value",
      "select * replace (nullif(SHOP_ID, 5) as SHOP_ID) from shops",
      "keys SHOPS.SHOP_ID",
    ],
    [
      "a town that does not exist",
      "select * replace (case when SHOP_ID = 3 then 77 else TOWN_ID end as TOWN_ID) from shops",
      "references SHOPS.TOWN_ID",
    ],
    ["a column that was not built", "select * exclude (share) from shops", "schema SHOPS.share"],
    ["a column that nobody declared", "select *, 1 as extra from shops", "schema SHOPS.extra"],
    [
      "another type than declared",
      "select * replace (visits::double as visits) from shops",
      "schema SHOPS.visits",
    ],
    [
      "another stamp",
      "select * replace (case when SHOP_ID = 1 then 'v2026.09' else STAMP end as STAMP) from shops",
      "stamp SHOPS",
    ],
  ])("halt at %s", async (_, changed, expected) => {
    const first = await gates("from shops", { stamp: "v2026.10" });
    const { report } = await gates(changed, { reference: first.profile });
    expect(report.halted).toBe(true);
    expect(halts(report)).toEqual([expected]);
    expect(report.checks.filter(({ verdict }) => verdict === "halt").every(({ text }) => text)).toBe(true);
  });

  it("do not call a small table stable", async () => {
    const first = await gates("from shops", { stamp: "v2026.10" });
    const { report } = await gates("from shops", { reference: first.profile });
    const people = report.checks.find(({ column }) => column === "people");
    expect(people).toMatchObject({ verdict: "insufficient", text: expect.stringContaining("10 rows") });
    expect(report.halted).toBe(false);
  });

  it("ask for a new version where readers lose a column", async () => {
    const first = await gates("from shops", { stamp: "v2026.10" });
    const without = (version: string): Declared => ({
      ...declared,
      version,
      features: declared.features.filter(({ name }) => name !== "share"),
    });
    const changed = "select * exclude (share) from shops";
    const same = await gates(changed, { reference: first.profile, declared: without("1.4.0") });
    expect(halts(same.report)).toEqual(["schema SHOPS.share"]);
    expect(same.report.checks[0]?.text).toContain("from 1.4.0 to 2.0.0");
    const raised = await gates(changed, { reference: first.profile, declared: without("2.0.0") });
    expect(raised.report.halted).toBe(false);
  });
});
