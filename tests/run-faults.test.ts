import { randomUUID } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { allRunsSettled, cancel, getResultPreview, resumeStaleRuns, start } from "@/agents/run";
import { database as db } from "@/db/client";
import {
  appendMessage,
  claimRun,
  deleteConversation,
  getApproval,
  getResult,
  getRun,
  latestRun,
  listExports,
  listMessages,
  requestCancel,
} from "@/db/queries";
import { publishExport } from "@/lib/export";
import { buildFileOf, openMart, placeOf, publishMart } from "@/lib/mart";
import { fileOf } from "@/lib/mart/layout";
import { openObjectStore } from "@/lib/objects";
import { readRegistry, writeRegistry } from "@/lib/registry";
import { hashRegistry } from "@/lib/registry/hash";
import { openDuckDbWriter } from "@/lib/warehouse";
import { aConversation } from "./support/a-conversation";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, decide, say, words, yes } from "./support/turns";

const request = "geo features for sellers in Mumbai, no personal data";
const viewer = aViewer("Tester");

setUpDemoMart(60);

/** Makes the run look as if its process gave no heartbeat for a minute. */
const silence = (runId: string) =>
  db().execute(sql`update runs set heartbeat_at = now() - interval '1 minute' where id = ${runId}`);

/** What a process leaves that died right after it took a message. */
async function abandonedRun() {
  const { id } = await aConversation(viewer);
  const run = await claimRun(viewer, id, { messageId: randomUUID(), claimedBy: "a dead process" });
  await appendMessage(viewer, { ...words(request), conversationId: id, runId: run.id, role: "user" });
  return run;
}

describe("a run whose heartbeat is late", () => {
  it("is not taken up a second time by the process that works on it", async () => {
    const { id: conversationId } = await aConversation(viewer);
    const { runId } = await start(viewer, { conversationId, message: words(request) });
    await silence(runId);
    expect(await resumeStaleRuns()).toBe(0);
    await allRunsSettled();
    expect((await getRun(viewer, runId)).status).toBe("waiting");
  });

  it("is left alone by the process that lost it to another", async () => {
    const { id: conversationId } = await aConversation(viewer);
    const { runId } = await start(viewer, { conversationId, message: words(request) });
    await db().execute(sql`update runs set claimed_by = 'another process' where id = ${runId}`);
    await allRunsSettled();
    expect(await getRun(viewer, runId)).toMatchObject({ status: "running", claimedBy: "another process" });
  });

  it("does not go on when the person had asked to stop", async () => {
    const run = await abandonedRun();
    await requestCancel(viewer, run.id);
    await silence(run.id);
    await resumeStaleRuns();
    await allRunsSettled();
    expect((await getRun(viewer, run.id)).status).toBe("cancelled");
  });

  it("is given up, and says so, when every process that took it up died", async () => {
    const run = await abandonedRun();
    await db().execute(sql`update runs set attempts = 3 where id = ${run.id}`);
    await silence(run.id);
    await resumeStaleRuns();
    await allRunsSettled();
    expect((await getRun(viewer, run.id)).status).toBe("failed");
    const answer = (await listMessages(viewer, run.conversationId)).at(-1);
    expect(JSON.stringify(answer?.parts)).toContain("cut off 3 times");
  });
});

describe("what is sent twice", () => {
  it("is one turn, whose answer both get", async () => {
    const { id: conversationId } = await aConversation(viewer);
    const message = words("hello");
    const first = await start(viewer, { conversationId, message });
    await allRunsSettled();
    expect(await start(viewer, { conversationId, message })).toEqual(first);
    await allRunsSettled();
    expect(await listMessages(viewer, conversationId)).toHaveLength(2);
  });
});

describe("an answer", () => {
  it("takes only what was asked and offered", async () => {
    const tell = await begin(viewer);
    const asked = await tell("geo features for sellers in Atlantis");
    expect(asked.approval?.kind).toBe("clarify");
    const forged = {
      entity: "city",
      "condition:x": "SELLERS.CITY_ID in [1]",
      [asked.approval?.questions[0]?.id ?? ""]: "Nowhere",
    };
    const answered = await tell(decide(asked.approval, { decision: "approve", answers: forged, groups: [] }));
    expect(answered.parts("notice").filter(({ level }) => level === "error")).toEqual([]);
    const { decision } = await getApproval(viewer, asked.approval?.approvalId ?? "");
    expect(decision?.answers).toEqual({});
  });

  it("with words beside its yes approves nothing: the words are read first", async () => {
    const tell = await begin(viewer);
    const built = await tell(request);
    const asked = await tell(yes(built.approval));
    expect(asked.approval?.kind).toBe("export");
    await tell(
      decide(asked.approval, {
        decision: "approve",
        answers: {},
        groups: [],
        feedback: "what does poi_count_1km mean?",
      }),
    );
    expect((await getApproval(viewer, asked.approval?.approvalId ?? "")).status).toBe("rejected");
    expect(await listExports(viewer, tell.id)).toEqual([]);
  });
});

describe("a mart that is built again under the same stamp", () => {
  it("does not export other values than those approved, and previews the new ones", async () => {
    const tell = await begin(viewer);
    const first = await tell(request);
    const asked = await tell(yes(first.approval));
    const column = "poi_count_1km";
    const before = await previewOf(first.parts("result").at(-1)?.resultId ?? "", column);
    await buildAgain(column);

    const refused = await tell(yes(asked.approval));
    expect(refused.parts("notice").at(-1)).toMatchObject({ code: "EXPORT_FAILED" });
    expect(await listExports(viewer, tell.id)).toEqual([]);

    const again = await tell(`build ${request}`);
    const after = await previewOf(again.parts("result").at(-1)?.resultId ?? "", column);
    expect(after).toEqual(before.map((value) => Number(value) + 1));
  });

  it("shows what a process that died had exported before, and does not say that nothing was", async () => {
    const tell = await begin(viewer);
    const first = await tell(request);
    const asked = await tell(yes(first.approval));
    const approvalId = asked.approval?.approvalId ?? "";
    const stored = await getResult(viewer, first.parts("result").at(-1)?.resultId ?? "");
    const mart = await openMart("auto-marketplace");
    const store = openObjectStore();
    const made = { ...stored, ...mart, store, approvalId, approvedBy: "Tester" };
    const { contentHash } = await publishExport(made);
    await buildAgain("poi_count_1km");

    const exported = await tell(yes(asked.approval));
    expect(exported.parts("export")).toMatchObject([{ contentHash }]);
    expect(await listExports(viewer, tell.id)).toMatchObject([{ approvalId }]);
  });
});

describe("a stamp that is published while a question waits", () => {
  it("does not take away what was asked: a yes exports the matrix that was shown, a new request gets the new stamp", async () => {
    const tell = await begin(viewer);
    const first = await tell(request);
    const waiting = await begin(viewer);
    const enriching = await waiting(request);
    const asked = await tell(yes(first.approval));
    await publishNext("v2026.12");

    const exported = await tell(yes(asked.approval));
    expect(exported.parts("export")).toMatchObject([{ stamp: "v2026.11" }]);
    const enriched = await waiting(yes(enriching.approval));
    expect(enriched.parts("notice")).toEqual([]);
    expect(enriched.approval?.exportOf).toMatchObject({ stamp: "v2026.11" });

    const again = await tell(`build ${request}`);
    expect(again.parts("result").at(-1)).toMatchObject({ stamp: "v2026.12" });
  });
});

async function publishNext(stamp: string): Promise<void> {
  const built = buildFileOf(placeOf("auto-marketplace"), stamp);
  await copyFile(fileOf(placeOf("auto-marketplace"), "v2026.11"), built);
  const writer = await openDuckDbWriter(built);
  const { contentHash: _, ...registry } = await readRegistry(writer);
  const tables = registry.tables.map((table) => ({ ...table, stamp }));
  const next = { ...registry, stamp, tables };
  await writeRegistry(writer, { ...next, contentHash: hashRegistry(next) });
  await writer.close();
  await publishMart("auto-marketplace", stamp, built);
}

async function buildAgain(column: string): Promise<void> {
  const built = buildFileOf(placeOf("auto-marketplace"), "v2026.11");
  await copyFile(fileOf(placeOf("auto-marketplace"), "v2026.11"), built);
  const writer = await openDuckDbWriter(built);
  await writer.run(`UPDATE SELLER_GEO_FEATURES SET ${column} = ${column} + 1`);
  await writer.close();
  await publishMart("auto-marketplace", "v2026.11", built);
}

async function previewOf(resultId: string, column: string) {
  const { columns, rows } = await getResultPreview(viewer, resultId);
  const index = columns.findIndex(({ name }) => name === column);
  return rows.map((row) => row[index]);
}

describe("a conversation", () => {
  it("can go on after its question was stopped", async () => {
    const tell = await begin(viewer);
    await tell(request);
    await cancel(viewer, tell.id);
    expect((await latestRun(viewer, tell.id))?.status).toBe("cancelled");
    expect((await tell("hello")).text).toMatch(/Which features/);
  });

  it("keeps personal data ruled out when another matrix is begun", async () => {
    const tell = await begin(viewer);
    await tell(request);
    const other = await tell(
      "Build a feature matrix for dealer outreach: engagement features for sellers in Pune",
    );
    const { plan } = await getResult(viewer, other.parts("result").at(-1)?.resultId ?? "");
    expect(plan.featureSet.selections.map(({ table }) => table)).toEqual(["SELLER_ENGAGEMENT_FEATURES"]);
    expect(plan.featureSet.excludePii).toBe(true);
    expect(other.text).toContain("Personal data are left out");
  });

  it("leaves nothing of what was said when it is deleted", async () => {
    const tell = await begin(viewer);
    await say(viewer, tell.id, "hello from a person who wants to be forgotten");
    await deleteConversation(viewer, tell.id);
    for (const table of ["checkpoints", "checkpoint_blobs", "checkpoint_writes"]) {
      const left = await db().execute(
        sql`select count(*)::int as n from ${sql.identifier("langgraph")}.${sql.identifier(table)} where thread_id = ${tell.id}`,
      );
      expect(left[0]?.n).toBe(0);
    }
  });
});
