import { describe, expect, it } from "vitest";
import { type FeatureSet, resolveFeatureSet } from "@/lib/feature-set";
import type { QualityReport } from "@/lib/quality/report";
import { smallFlights, smallMarketplace } from "@/tests/fixtures/small-marts";
import { applyRequest } from "./apply-request";
import { emptyRequest } from "./offline/answer-opening";
import type { PlannedRequest } from "./schema";

const registry = smallMarketplace;

function request(parts: Partial<PlannedRequest>): PlannedRequest {
  return { ...emptyRequest, intent: "build", entity: "seller", ...parts };
}

function include(...tables: string[]): PlannedRequest["include"] {
  return tables.map((table) => ({
    phrase: table,
    tables: [table],
    features: [],
    delaySeconds: null,
    role: null,
  }));
}

function filter(parts: Partial<PlannedRequest["filters"][number]> = {}): PlannedRequest["filters"][number] {
  return {
    phrase: "x",
    table: "CITIES",
    column: "CITY_NAME",
    operator: "in",
    values: ["Mumbai"],
    mode: "replace",
    ...parts,
  };
}

function apply(parts: Partial<PlannedRequest>, featureSet: FeatureSet | null = null, report?: QualityReport) {
  return applyRequest({ request: request(parts), featureSet, registry, report });
}

const base = apply({
  include: include("SELLER_GEO_FEATURES", "CITY_DEMOGRAPHICS_FEATURES"),
  filters: [filter()],
}).featureSet;

describe("applyRequest", () => {
  it("makes a set that can be planned, with every feature of the tables but keys", () => {
    expect(base).toMatchObject({
      mart: "small-marketplace",
      stamp: "v2026.11",
      names: "short",
      excludePii: false,
    });
    expect(base.spine).toEqual({ kind: "population", entity: "seller", asOf: null });
    expect(base.selections.map(({ features }) => features.length)).toEqual([5, 2]);
    expect(resolveFeatureSet(base, registry).joins).toHaveLength(3);
  });

  it.each([
    [
      "tables",
      { include: include("SELLER_TREND_FEATURES"), filters: [filter({ values: ["Pune"], mode: "add" })] },
    ],
    [
      "exclusions",
      {
        exclude: [
          { kind: "pii", phrase: "" },
          { kind: "null_rate", phrase: "", above: 0.2 },
        ],
      },
    ],
    ["a dropped table", { exclude: [{ kind: "tables", phrase: "", tables: ["SELLER_GEO_FEATURES"] }] }],
    ["a lifted filter", { filters: [filter({ mode: "remove", values: [] })] }],
  ] as [string, Partial<PlannedRequest>][])("changes nothing more the second time: %s", (_, parts) => {
    const once = apply(parts, base).featureSet;
    const twice = apply(parts, once);
    expect(twice.featureSet).toEqual(once);
    expect(once).not.toEqual(base);
  });

  it("leaves its input as it was", () => {
    const before = structuredClone(base);
    apply({ exclude: [{ kind: "pii", phrase: "" }], include: include("SELLER_TREND_FEATURES") }, base);
    expect(base).toEqual(before);
  });

  it("keeps personal data out of this set and of later additions", () => {
    const safe = apply({ exclude: [{ kind: "pii", phrase: "PII" }] }, base);
    expect(safe.featureSet.selections[0]?.features).not.toContain("HOME_LATITUDE");
    expect(safe.changes.join(" ")).toContain("HOME_LATITUDE");
    const later = apply({ include: include("SELLERS") }, safe.featureSet).featureSet;
    expect(later.selections.at(-1)?.features).toEqual([
      "SELLER_TYPE",
      "LISTING_COUNT",
      "AVG_RATING",
      "JOINED_ON",
    ]);
  });

  it("drops columns by the nulls of the last matrix, and by those of the registry before there is one", () => {
    const exclude: PlannedRequest["exclude"] = [{ kind: "null_rate", phrase: "nulls", above: 0.2 }];
    const engaged = apply({ include: include("SELLER_ENGAGEMENT_FEATURES") }).featureSet;
    const early = apply({ exclude }, engaged);
    expect(early.featureSet.selections[0]?.features).toEqual(["LOGIN_COUNT"]);
    expect(early.changes.join(" ")).toContain("no matrix has been built yet");

    const report = {
      nulls: [
        { column: "LOGIN_COUNT", table: "SELLER_ENGAGEMENT_FEATURES", nulls: 30, rate: 0.3 },
        { column: "REPLY_RATE", table: "SELLER_ENGAGEMENT_FEATURES", nulls: 20, rate: 0.2 },
      ],
    } as QualityReport;
    expect(apply({ exclude }, engaged, report).featureSet.selections[0]?.features).toEqual(["REPLY_RATE"]);
    const named = { ...engaged, names: "full" as const };
    const full = report.nulls.map((one) => ({ ...one, column: `${one.table}__${one.column}` }));
    expect(apply({ exclude }, named, { ...report, nulls: full }).featureSet.selections[0]?.features).toEqual([
      "REPLY_RATE",
    ]);
  });

  it("drops columns that the last matrix did not have by the nulls of the registry", () => {
    const report = {
      nulls: [{ column: "POI_COUNT", table: "SELLER_GEO_FEATURES", nulls: 0, rate: 0 }],
    } as QualityReport;
    const { featureSet } = apply(
      {
        include: include("SELLER_ENGAGEMENT_FEATURES"),
        exclude: [{ kind: "null_rate", phrase: "nulls", above: 0.2 }],
      },
      base,
      report,
    );
    expect(featureSet.selections.at(-1)).toMatchObject({
      table: "SELLER_ENGAGEMENT_FEATURES",
      features: ["LOGIN_COUNT"],
    });
  });

  it("moves on with a mart that has a new stamp, and says so", () => {
    const moved = applyRequest({
      request: request({ intent: "refine", filters: [filter({ values: ["Pune"] })] }),
      featureSet: base,
      registry: { ...registry, stamp: "v2026.12" },
    });
    expect(moved.featureSet).toMatchObject({ stamp: "v2026.12", selections: base.selections });
    expect(moved.changes.join(" ")).toMatch(/v2026\.11.*v2026\.12/);
  });

  it.each([
    ["replaces", filter({ values: ["Pune"] }), [["Pune"]]],
    ["adds to", filter({ values: ["Pune"], mode: "add" }), [["Mumbai", "Pune"]]],
    ["lifts", filter({ values: [], mode: "remove" }), []],
    ["takes a value out of", filter({ values: ["Mumbai"], mode: "remove" }), []],
  ])("%s a filter", (_, planned, values) => {
    const { featureSet } = apply({ filters: [planned] }, base);
    expect(featureSet.filters.map((one) => one.values)).toEqual(values);
  });

  it("keeps two bounds of one column, and replaces both", () => {
    const bound = (operator: "gte" | "lt", value: number, mode: "replace" | "add") =>
      filter({ table: "SELLERS", column: "LISTING_COUNT", operator, values: [value], mode });
    const bounded = apply({ filters: [bound("gte", 5, "replace"), bound("lt", 50, "add")] }, base).featureSet;
    expect(bounded.filters).toHaveLength(3);
    const raised = apply({ filters: [bound("gte", 10, "replace")] }, bounded).featureSet;
    expect(raised.filters.filter(({ column }) => column === "LISTING_COUNT")).toMatchObject([
      { values: [10] },
    ]);
  });

  it("asks for a value that is unknown; only a near one is proposed", () => {
    const ask = (phrase: string) =>
      apply({
        include: include("SELLER_GEO_FEATURES"),
        unresolved: [
          {
            phrase,
            reason: "value_unknown",
            table: "CITIES",
            column: "CITY_NAME",
            suggestions: ["Pune", "Mumbai"],
          },
        ],
      }).questions[0];
    const proposed = (phrase: string) => ask(phrase)?.choices.find((choice) => choice.proposed)?.id;
    expect(ask("Atlantis")?.id).toBe("value:in:CITIES.CITY_NAME:Atlantis");
    expect(proposed("Atlantis")).toBe("leave-out");
    expect(proposed("Punee")).toBe("Pune");
  });

  it("tells what does not exist, and keeps the rest", () => {
    const { featureSet, changes, questions } = apply({
      include: include("SELLER_GEO_FEATURES"),
      unresolved: [
        { phrase: "shoe sizes", reason: "features_unknown", table: null, column: null, suggestions: [] },
      ],
    });
    expect(featureSet.selections).toHaveLength(1);
    expect(changes).toContain("Nothing in the mart fits “shoe sizes”.");
    expect(questions).toEqual([]);
  });

  it("takes the rows that all tables have in common when none are named, and asks when several would do", () => {
    const common = apply({
      entity: null,
      include: include("SELLER_GEO_FEATURES", "CITY_DEMOGRAPHICS_FEATURES"),
    });
    expect(common.featureSet.spine).toMatchObject({ entity: "seller" });
    expect(common.questions).toEqual([]);
    const unclear = applyRequest({
      request: request({ entity: null, include: include("weather") }),
      featureSet: null,
      registry: smallFlights,
    });
    expect(unclear.featureSet.spine).toMatchObject({ entity: "airport" });
  });

  it("refuses names that the registry does not have", () => {
    expect(() => apply({ include: include("NOPE") })).toThrow(
      expect.objectContaining({ code: "TABLE_UNKNOWN" }),
    );
    expect(() => apply({ filters: [filter({ column: "NOPE" })] })).toThrow(
      expect.objectContaining({ code: "FEATURE_UNKNOWN" }),
    );
  });

  it("tells what it was asked to leave out and does not have, and what nulls leave nothing of", () => {
    const replies = apply({
      include: [
        ...include("SELLER_GEO_FEATURES"),
        {
          ...(include("SELLER_ENGAGEMENT_FEATURES")[0] as PlannedRequest["include"][number]),
          features: [{ table: "SELLER_ENGAGEMENT_FEATURES", feature: "REPLY_RATE" }],
        },
      ],
    }).featureSet;
    const { changes } = apply(
      {
        intent: "refine",
        exclude: [
          { kind: "tables", phrase: "trend", tables: ["SELLER_TREND_FEATURES"] },
          { kind: "null_rate", phrase: "nulls", above: 0.2 },
        ],
      },
      replies,
    );
    expect(changes).toEqual([
      "SELLER_TREND_FEATURES is not in the set.",
      expect.stringContaining("REPLY_RATE"),
      "Nothing is left of SELLER_ENGAGEMENT_FEATURES.",
    ]);
  });
});
