import type { FeatureSet } from "@/lib/feature-set";
import { type GeneratedMart, type GeneratedRow, selected, type TableName } from "./generated-mart";

/**
 * What a matrix has to be, computed with nested loops over plain rows: no SQL, no plan, none of the code under test.
 * Keyed by column; the rows in the order of the generated spine.
 */
export function expectedMatrix(mart: GeneratedMart, featureSet: FeatureSet): GeneratedRow[] {
  const { spine, alignment } = featureSet;
  const given = spine.kind === "given";
  const rows = mart[given ? "GIVEN" : "SELLERS"];
  const asOf = spine.kind === "population" ? hours(spine.asOf) : null;
  return rows
    .map((row) => {
      const time = given ? hours(row.ts) : asOf;
      const features = featuresOf(mart, row, time, alignment);
      return { row, features };
    })
    .filter(({ features }) => featureSet.filters.every((filter) => passes(features, filter)))
    .map(({ row, features }) =>
      given
        ? { seller_id: row.seller_id, city_id: row.city_id, ts: isoOf(row.ts), label: row.label, ...features }
        : { seller_id: row.seller_id, ...features },
    ) as GeneratedRow[];
}

type Alignment = FeatureSet["alignment"];
type Value = GeneratedRow[string];

function featuresOf(
  mart: GeneratedMart,
  row: GeneratedRow,
  time: number | null,
  alignment: Alignment,
): GeneratedRow {
  const seller = row.seller_id ?? null;
  const city = row.city_id ?? null;
  const region = one(mart.CITIES, "city_id", city)?.region_id ?? null;
  const ttl = 3;
  return {
    ...take(one(mart.GEO, "seller_id", seller), "GEO"),
    ...take(aged(one(mart.CITIES, "city_id", city), "c", time), "CITIES"),
    ...take(one(mart.REGIONS, "region_id", region), "REGIONS"),
    ...take(
      aged(newest(mart.TREND, "seller_id", seller, time, alignment, ["t1", "t2", "t_year"], ttl), "t", time),
      "TREND",
    ),
    ...take(newest(mart.CITY_STATS, "city_id", city, time, alignment, ["s1"], null), "CITY_STATS"),
    ...take(newest(mart.REGION_STATS, "region_id", region, time, alignment, ["q1"], null), "REGION_STATS"),
    ...listings(mart, seller, time),
    ...events(mart, seller, time, alignment, ttl),
  };
}

function one(rows: GeneratedRow[], key: string, value: Value): GeneratedRow | undefined {
  return value === null ? undefined : rows.find((row) => row[key] === value);
}

/** With `c_age` from `c_year`: whole calendar years up to the row's own time. */
function aged(row: GeneratedRow | undefined, prefix: string, time: number | null): GeneratedRow | undefined {
  return row && { ...row, [`${prefix}_age`]: yearsSince(row[`${prefix}_year`], time) };
}

function yearsSince(year: Value | undefined, time: number | null): number | null {
  if (typeof year !== "number" || time === null) return null;
  const now = new Date(time * 3_600_000).getUTCFullYear();
  return year >= 1 && year <= now ? now - year : null;
}

function take(row: GeneratedRow | undefined, table: keyof typeof selected): GeneratedRow {
  return Object.fromEntries(selected[table].map((feature) => [feature, row?.[feature] ?? null]));
}

function isVisible(
  row: GeneratedRow,
  time: number | null,
  alignment: Alignment,
  ttl: number | null,
): boolean {
  const event = hours(row.hour);
  if (event === null || time === null) return false;
  const before = (a: number) => (alignment.boundary === "inclusive" ? a <= time : a < time);
  if (!before(event + alignment.delaySeconds / 3600)) return false;
  if (ttl !== null && event < time - ttl) return false;
  if (!alignment.knownAt || !("written" in row)) return true;
  const written = hours(row.written);
  return written !== null && before(written);
}

function newest(
  rows: GeneratedRow[],
  key: string,
  value: Value,
  time: number | null,
  alignment: Alignment,
  features: string[],
  ttl: number | null,
): GeneratedRow | undefined {
  if (value === null) return undefined;
  return rows
    .filter((row) => row[key] === value && isVisible(row, time, alignment, ttl))
    .reduce<GeneratedRow | undefined>(
      (best, row) => (best && compare(best, row, ["hour", "written", ...features]) >= 0 ? best : row),
      undefined,
    );
}

/** Column by column; NULL is less than anything. */
function compare(a: GeneratedRow, b: GeneratedRow, columns: string[]): number {
  for (const column of columns) {
    const left = a[column] ?? null;
    const right = b[column] ?? null;
    if (left === right) continue;
    if (left === null) return -1;
    if (right === null) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

function listings(mart: GeneratedMart, seller: Value, time: number | null): GeneratedRow {
  if (seller === null) return Object.fromEntries(selected.LISTINGS.map((feature) => [feature, null]));
  const rows = mart.LISTINGS.filter((row) => row.seller_id === seller);
  const numbers = (column: string) =>
    rows.map((row) => row[column]).filter((value) => typeof value === "number");
  const weighed = rows.filter((row) => row.l_weighted !== null && row.l_weight !== null);
  const weights = total(weighed.map((row) => Number(row.l_weight))) ?? 0;
  const flags = rows.map((row) => row.l_flag).filter((value) => value !== null);
  const sum = total(numbers("l_mean"));
  const ages = rows.map((row) => yearsSince(row.l_year, time)).filter((age) => age !== null);
  return {
    l_sum: total(numbers("l_sum")),
    l_min: numbers("l_min").length > 0 ? Math.min(...numbers("l_min")) : null,
    l_max: numbers("l_max").length > 0 ? Math.max(...numbers("l_max")) : null,
    l_mean: sum === null ? null : sum / numbers("l_mean").length,
    l_weighted:
      weights === 0
        ? null
        : (total(weighed.map((row) => Number(row.l_weighted) * Number(row.l_weight))) ?? 0) / weights,
    l_count: numbers("l_count").length,
    l_flag: flags.length > 0 ? flags.includes(true) : null,
    l_age: ages.length > 0 ? (total(ages) ?? 0) / ages.length : null,
  };
}

function events(
  mart: GeneratedMart,
  seller: Value,
  time: number | null,
  alignment: Alignment,
  ttl: number,
): GeneratedRow {
  if (seller === null || time === null)
    return Object.fromEntries(selected.EVENTS.map((feature) => [feature, null]));
  const visible = mart.EVENTS.filter(
    (row) => row.seller_id === seller && isVisible(row, time, alignment, ttl),
  );
  // An event written again is the same event: its latest writing counts. Without an id nothing says that two are one.
  const order = ["written", "hour", "e_sum", "e_count", "e_latest", "e_flag", "e_year"];
  const rows = visible.filter(
    (row) =>
      row.event_id === null ||
      visible.every((other) => other.event_id !== row.event_id || compare(row, other, order) >= 0),
  );
  const latest = rows.reduce<GeneratedRow | undefined>(
    (best, row) => (best && compare(best, row, ["hour", "written", "e_latest", "e_flag"]) >= 0 ? best : row),
    undefined,
  );
  const ages = rows.map((row) => yearsSince(row.e_year, time)).filter((age) => age !== null);
  return {
    e_sum: total(rows.map((row) => row.e_sum).filter((value) => typeof value === "number")),
    e_count: rows.filter((row) => row.e_count !== null).length,
    e_latest: latest?.e_latest ?? null,
    e_flag: latest?.e_flag ?? null,
    e_age: ages.length > 0 ? Math.max(...ages) : null,
  };
}

function total(values: number[]): number | null {
  return values.length > 0 ? values.reduce((a, b) => a + b, 0) : null;
}

function passes(features: GeneratedRow, filter: FeatureSet["filters"][number]): boolean {
  const value = features[filter.column] ?? null;
  if (filter.operator === "is_null") return value === null;
  if (filter.operator === "is_not_null") return value !== null;
  if (value === null) return false;
  const [first = 0, second = 0] = filter.values;
  switch (filter.operator) {
    case "in":
      return filter.values.includes(value);
    case "not_in":
      return !filter.values.includes(value);
    case "gte":
      return value >= first;
    case "gt":
      return value > first;
    case "lte":
      return value <= first;
    case "lt":
      return value < first;
    case "between":
      return value >= first && value <= second;
  }
}

function hours(time: Value | undefined): number | null {
  return typeof time === "string" ? Date.parse(time) / 3_600_000 : null;
}

function isoOf(time: Value | undefined): Value {
  return time ?? null;
}

export type { TableName };
