import { concurrently } from "@/lib/concurrently";
import type { Warehouse } from "@/lib/warehouse";
import { checkDrift, compareValues, withoutReference } from "./check-drift";
import { isCompared, profileTable } from "./profile";
import { checkTable, checkTablesGone } from "./structure";
import type { Check, ColumnProfile, Declared, DriftDetail, GateReport, StampProfile, Verdict } from "./types";

interface GateInput {
  /** The mart as it was built; it need not have a registry yet. */
  warehouse: Warehouse;
  stamp: string;
  declared: Declared;
  /** With the name under which the warehouse has that stamp's tables too, where it has them. */
  reference: { profile: StampProfile; database: string | null } | null;
  /** What other judges found, the project's own tests for one. */
  further?: Check[];
  onTable?: (table: string, done: number, total: number) => void;
  signal?: AbortSignal;
}

/** How many drifting columns get the test on their values too. */
const mostCompared = 40;

/**
 * Holds every table against what it declares and against the stamp before: rows, columns, stamp, keys, references, promised nulls and
 * the distribution of every column. Nothing is changed; a `halt` anywhere means that the mart must not be published.
 * @throws AppError QUERY_FAILED, QUERY_CANCELLED
 */
export async function runGates(input: GateInput): Promise<{ report: GateReport; profile: StampProfile }> {
  const { warehouse, declared, stamp, signal } = input;
  const reference = input.reference?.profile ?? null;
  const checks: Check[] = [...(input.further ?? []), ...checkTablesGone(declared, reference)];
  const details: DriftDetail[] = [];
  const profile: StampProfile = { stamp, version: declared.version, tables: [], columns: [] };
  let begun = 0;
  const parts = await concurrently(declared.tables, async (table) => {
    input.onTable?.(table.name, begun++, declared.tables.length);
    // What is computed when it is asked for stands in no table.
    const features = declared.features.filter((feature) => feature.table === table.name && !feature.derived);
    const structure = await checkTable(warehouse, table, features, declared, reference, { stamp, signal });
    const part = {
      table: structure.profile,
      columns: [] as ColumnProfile[],
      checks: structure.checks,
      details: [] as DriftDetail[],
    };
    // A column that is not there cannot be measured; the check above has said so.
    if (structure.checks.some(({ check, verdict }) => check === "schema" && verdict === "halt")) return part;
    const columns = await profileTable(warehouse, table.name, features, signal);
    const drift = reference
      ? await checkDrift(warehouse, table.name, features, reference, declared.moving?.get(table.name), signal)
      : {
          checks: features.filter(isCompared).map(({ name }) => withoutReference(table.name, name)),
          details: [],
        };
    return { ...part, columns, checks: [...part.checks, ...drift.checks], details: drift.details };
  });
  for (const part of parts) {
    profile.tables.push(part.table);
    profile.columns.push(...part.columns);
    checks.push(...part.checks);
    details.push(...part.details);
  }
  const report = {
    stamp,
    reference: reference?.stamp ?? null,
    halted: checks.some(({ verdict }) => verdict === "halt"),
    counts: countVerdicts(checks),
    checks: checks.sort(bySeverity),
    drift: await worstFirst(details, checks, input),
  };
  return { report, profile };
}

async function worstFirst(details: DriftDetail[], checks: Check[], input: GateInput): Promise<DriftDetail[]> {
  const flagged = new Set(
    checks
      .filter(({ check, verdict }) => check === "drift" && (verdict === "halt" || verdict === "warn"))
      .map(({ table, column }) => `${table}.${column}`),
  );
  const sorted = details.sort((a, b) => b.psi - a.psi);
  const before = input.reference?.database;
  if (!before) return sorted;
  let left = mostCompared;
  const compared: DriftDetail[] = [];
  for (const detail of sorted) {
    const looked = flagged.has(`${detail.table}.${detail.column}`) && left-- > 0;
    compared.push(looked ? await compareValues(input.warehouse, detail, before, input.signal) : detail);
  }
  return compared;
}

function countVerdicts(checks: Check[]): Record<Verdict, number> {
  const counts = { pass: 0, warn: 0, halt: 0, insufficient: 0, no_reference: 0 };
  for (const { verdict } of checks) counts[verdict]++;
  return counts;
}

const severity: Record<Verdict, number> = { halt: 0, warn: 1, insufficient: 2, no_reference: 3, pass: 4 };

function bySeverity(a: Check, b: Check): number {
  return severity[a.verdict] - severity[b.verdict] || (b.value ?? 0) - (a.value ?? 0);
}
