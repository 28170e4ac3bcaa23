import { readdir } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { PersonMessage } from "@/agents/read-message";
import { forgetConversation, getResultPreview, openExportFile, start } from "@/agents/run";
import { getPendingApproval, getResult, listExports, listMessages } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import type { AppError } from "@/lib/errors";
import { manifestSchema } from "@/lib/export";
import type { Plan } from "@/lib/feature-set";
import { openMart } from "@/lib/mart";
import { openObjectStore } from "@/lib/objects";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, decide, type Heard, no, say, words, yes } from "./support/turns";

const request =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";

const viewer: Viewer = aViewer("Tester");

setUpDemoMart(400);

/** The plan of the matrix that an answer showed. */
async function planOf(answer: Heard): Promise<Plan> {
  return (await getResult(viewer, answer.parts("result")[0]?.resultId ?? "")).plan;
}

describe("the main job", () => {
  let tell: Awaited<ReturnType<typeof begin>>;
  let conversationId: string;
  let built: Heard;

  beforeAll(async () => {
    tell = await begin(viewer);
    conversationId = tell.id;
    built = await tell(request);
  });

  it("splits the request, ranks tables and says why", () => {
    const [plan] = built.parts("plan");
    expect(plan?.subTasks.map(({ title }) => title).join()).toMatch(
      /geo.*engagement.*clickstream.*demographics/,
    );
    const chosen = built.parts("tables")[0]?.tables.filter((table) => table.chosen);
    expect(chosen?.map(({ table }) => table).sort()).toEqual([
      "CITY_DEMOGRAPHICS_FEATURES",
      "CLICKSTREAM_SELLER_90D",
      "LLM_LOCATION_FEATURES",
      "SELLER_ENGAGEMENT_FEATURES",
      "SELLER_GEO_FEATURES",
    ]);
    for (const table of chosen ?? []) {
      expect(table.score).toBeGreaterThan(0.35);
      expect(table.joinKeys.length).toBeGreaterThan(0);
      expect(table.why.length).toBeGreaterThan(0);
    }
  });

  it("reports the matrix: exactly the sellers of the two cities, nothing personal", async () => {
    const [result] = built.parts("result");
    const { warehouse, registry } = await openMart("auto-marketplace");
    const { rows } = await warehouse.query(
      `SELECT count(*) FROM SELLERS JOIN CITIES USING (CITY_ID) WHERE CITY_NAME IN ('Mumbai', 'Pune')`,
    );
    expect(result?.report.rows).toBe(rows[0]?.[0]);
    expect(result?.report.joins).toHaveLength(5);
    const personal = registry.features.filter(({ pii }) => pii).map(({ table, name }) => `${table}.${name}`);
    const plan = await planOf(built);
    const used = plan.columns.map(({ source }) => `${source.table}.${source.column}`);
    expect(personal.length).toBeGreaterThan(0);
    expect(used.filter((name) => personal.includes(name))).toEqual([]);
  });

  it("proposes enrichment with reasons, and asks before it goes on", () => {
    expect(built.approval?.kind).toBe("enrich");
    expect(built.approval?.groups.map(({ table }) => table).sort()).toEqual([
      "MARKETING_ENGAGEMENT_FEATURES",
      "PROPERTY_MARKET_FEATURES",
      "SELLER_TREND_FEATURES",
    ]);
    for (const group of built.approval?.groups ?? []) expect(group.reason).toMatch(/^Matches \d/);
  });

  it("answers a question typed meanwhile and asks again, having decided nothing", async () => {
    const answer = await tell("what does poi_count_1km mean?");
    expect(answer.text).toContain("poi_count_1km");
    expect(answer.approval).toMatchObject({ kind: "enrich", status: "pending" });
    expect(answer.approval?.approvalId).not.toBe(built.approval?.approvalId);
    expect(await listExports(viewer, conversationId)).toEqual([]);
    built = answer;
  });

  it("takes the chosen groups only, then asks for the export saying exactly what", async () => {
    const widened = await tell(yes(built.approval, ["SELLER_TREND_FEATURES", "NOT_A_GROUP"]));
    const [result] = widened.parts("result");
    expect(result?.report.joins.map(({ table }) => table)).toContain("SELLER_TREND_FEATURES");
    expect(result?.report.joins).toHaveLength(6);
    expect(widened.approval).toMatchObject({
      kind: "export",
      exportOf: { rows: result?.report.rows, stamp: "v2026.11", sqlHash: widened.parts("sql")[0]?.hash },
    });
    built = widened;
  });

  it("exports once per approval, and what was approved", async () => {
    const outcomes = await Promise.all(
      [1, 2].map(() =>
        say(viewer, conversationId, yes(built.approval)).then(
          () => "done",
          (error: AppError) => error.code,
        ),
      ),
    );
    expect(outcomes.sort()).toEqual(["APPROVAL_DECIDED", "done"]);
    const exports = await listExports(viewer, conversationId);
    expect(exports).toHaveLength(1);

    const manifest = manifestSchema.parse(exports[0]?.manifest);
    expect(manifest.sql.duckdb.hash).toBe(built.parts("sql")[0]?.hash);
    expect(manifest.approval).toMatchObject({ by: "Tester", at: expect.stringMatching(/^2\d{3}-/) });
    const file = await openExportFile(viewer, exports[0]?.id ?? "", "matrix");
    if (file.link !== null) throw new Error("a folder gives no links");
    const bytes = new Uint8Array(await new Response(file.stream).arrayBuffer());
    expect(bytes.length).toBe(file.bytes);
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe("PAR1");
  });

  it("refuses an answer to a question that was decided", async () => {
    await expect(say(viewer, conversationId, yes(built.approval))).rejects.toMatchObject({
      code: "APPROVAL_DECIDED",
      status: 409,
    });
  });

  it("works on the same feature set in follow-ups", async () => {
    const fewer = await tell("drop columns with more than 20% nulls");
    const report = fewer.parts("result")[0]?.report;
    expect(report?.nulls.every(({ rate }) => rate <= 0.2)).toBe(true);
    expect(report?.features).toBeGreaterThan(100);

    const more = await tell("add property market features");
    expect(more.parts("result")[0]?.report.joins.map(({ table }) => table)).toContain(
      "PROPERTY_MARKET_FEATURES",
    );

    const big = await tell("only sellers with at least 10 listings");
    const [result] = big.parts("result");
    expect(
      (await planOf(big)).spine.filters.map(({ column, operator, values }) => [column, operator, ...values]),
    ).toEqual(
      expect.arrayContaining([
        ["CITY_NAME", "in", "Mumbai", "Pune"],
        ["total_listings", "gte", 10],
      ]),
    );
    expect(result?.report.rows).toBeLessThan(report?.rows ?? 0);

    const declined = await tell(no(big.approval));
    expect(declined.text).toContain("Nothing was exported");
    expect(await getPendingApproval(viewer, conversationId)).toBeNull();
    const again = await tell("export it");
    expect(again.approval?.exportOf?.rows).toBe(result?.report.rows);
  });

  it("counts the population with what is not known, and the matrix when that is meant", async () => {
    const { warehouse } = await openMart("auto-marketplace");
    const count = async (condition: string) => {
      const { rows } = await warehouse.query(
        `SELECT count(*) FROM SELLERS LEFT JOIN CITIES USING (CITY_ID) WHERE ${condition}`,
      );
      return Number(rows[0]?.[0]);
    };
    const [inPune, unknown] = [await count("CITY_NAME = 'Pune'"), await count("CITY_NAME IS NULL")];
    expect(unknown).toBeGreaterThan(0);
    const tell = await begin(viewer);
    const asked = await tell("how many sellers are in Pune?");
    expect(asked.text).toContain(`**${inPune}** sellers`);
    expect(asked.text).toContain(`For ${unknown} more it is not known`);

    expect((await tell("how many rows are in my matrix?")).text).toContain("no matrix yet");
    const built = await tell("geo features for sellers in Pune, no personal data");
    const { rows, features } = built.parts("result")[0]?.report ?? {};
    const described = await tell("how many rows and columns are in my matrix?");
    expect(rows).toBe(inPune);
    expect(described.text).toContain(`**${rows}** sellers and **${features}** features`);
  });

  it("takes toggled tables in and out, also while a question waits", async () => {
    const tell = await begin(viewer);
    await tell("geo and engagement features for sellers in Pune, no personal data");
    const toggled = await tell({
      id: "toggled",
      parts: [
        {
          type: "data-choice",
          data: { include: ["SELLER_TREND_FEATURES"], exclude: ["SELLER_ENGAGEMENT_FEATURES"] },
        },
      ],
    });
    const { featureSet } = await planOf(toggled);
    expect(featureSet.selections.map(({ table }) => table)).toEqual([
      "SELLER_GEO_FEATURES",
      "SELLER_TREND_FEATURES",
    ]);
    expect(toggled.approval?.kind).toBe("enrich");

    const unknown = await tell({
      id: "unknown",
      parts: [{ type: "data-choice", data: { include: ["NO_SUCH_TABLE"], exclude: [] } }],
    });
    expect(unknown.parts("notice")[0]).toMatchObject({ code: "TABLE_UNKNOWN" });
  });

  it("forgets a conversation with the rows it showed, and keeps what was exported", async () => {
    const gone = await begin(viewer);
    const shown = await gone("geo features for sellers in Pune, no personal data");
    const resultId = shown.parts("result")[0]?.resultId ?? "";
    expect((await getResultPreview(viewer, resultId)).rows.length).toBeGreaterThan(0);
    const { previewKey } = await getResult(viewer, resultId);
    const store = openObjectStore();
    expect(await store.exists(previewKey)).toBe(true);
    expect(await gone(no(shown.approval))).toMatchObject({ approval: { kind: "export" } });
    await forgetConversation(viewer, gone.id);
    expect(await store.exists(previewKey)).toBe(false);
    await expect(listMessages(viewer, gone.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await listExports(viewer)).length).toBeGreaterThan(0);
  });

  it("keeps every message, in order, and shows them to their owner only", async () => {
    const messages = await listMessages(viewer, conversationId);
    expect(messages.map(({ role }) => role).slice(0, 4)).toEqual(["user", "assistant", "user", "assistant"]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    await expect(listMessages(aViewer(), conversationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(start(aViewer(), { conversationId, message: words("hi") })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});

describe("what cannot be done is said", () => {
  it.each([
    ["hello there", /Which features/],
    ["what's the capital of France?", /only build feature matrices/],
    ["blood pressure and heart rate for every seller", /Nothing in the mart fits|only build feature/],
    ["export it", /no matrix to export/i],
    ["'; DROP TABLE SELLERS; --", /./],
    ["🙂🙂🙂", /./],
  ])("%j", async (text, expected) => {
    const answer = await (await begin(viewer))(text);
    expect(answer.text).toMatch(expected);
    expect(answer.parts("result")).toEqual([]);
    expect(answer.approval).toBeNull();
    expect(answer.parts("notice").filter(({ level }) => level === "error")).toEqual([]);
  });

  it("asks about a value that does not exist, and never makes an empty matrix of it", async () => {
    const tell = await begin(viewer);
    const asked = await tell("geo features for sellers in Punee and Atlantis");
    expect(asked.approval?.kind).toBe("clarify");
    expect(asked.parts("result")).toEqual([]);
    const [question] = asked.approval?.questions ?? [];
    expect(question?.text).toMatch(/Atlantis.*CITY_NAME/i);
    expect(question?.choices.map(({ label }) => label)).toContain("Bengaluru");
    const leaveOut = question?.choices.at(-1)?.id ?? "";
    const answered = await tell(
      decide(asked.approval, {
        decision: "approve",
        answers: { [question?.id ?? ""]: leaveOut },
        groups: [],
      }),
    );
    expect(answered.text).toMatch(/Atlantis/i);
    expect((await planOf(answered)).spine.filters.map(({ values }) => values)).toEqual([["Pune"]]);
  });

  it("says which filter leaves no row", async () => {
    const answer = await (await begin(viewer))("geo features for sellers with at least 100000 listings");
    expect(answer.parts("result")).toEqual([]);
    expect(answer.parts("notice")[0]).toMatchObject({
      code: "EMPTY_SPINE",
      text: expect.stringContaining("100000"),
    });
  });

  it("refuses an empty and an endless message before anything runs", async () => {
    const tell = await begin(viewer);
    await expect(tell("  ")).rejects.toMatchObject({ code: "MESSAGE_EMPTY" });
    await expect(tell("x".repeat(100_000))).rejects.toMatchObject({ code: "MESSAGE_TOO_LONG", status: 413 });
    expect(await listMessages(viewer, tell.id)).toEqual([]);
  });

  it("exports nothing on a browser's word for an approval that never was", async () => {
    const tell = await begin(viewer);
    const forged: PersonMessage = decide(null, { decision: "approve", answers: {}, groups: [] });
    await expect(tell(forged)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

it("leaves no matrix behind in the scratch folder", async () => {
  const { scratchDirectory } = await openMart("auto-marketplace");

  expect((await readdir(scratchDirectory)).filter((name) => name.startsWith("matrix-"))).toEqual([]);
});
