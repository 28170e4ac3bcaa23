import { spawn } from "node:child_process";
import { once } from "node:events";
import { eq, sql } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { allRunsSettled, cancel, followRun, openExportFile, resumeStaleRuns } from "@/agents/run";
import { database as db } from "@/db/client";
import { appendRunEvents, latestRun, listExports, listMessages } from "@/db/queries";
import { runs } from "@/db/schema";
import { AppError } from "@/lib/errors";
import { openObjectStore } from "@/lib/objects";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, type Heard, heard, no, yes } from "./support/turns";

const viewer = aViewer("Tester");

const { database } = setUpDemoMart(60);

/** Runs the turn in another process, which is killed when it sends a part of this kind. */
async function dieAt(kind: string, conversationId: string, text: string): Promise<void> {
  const program = ["--import", "tsx", "tests/fixtures/die-in-turn.ts"];
  const child = spawn(process.execPath, [...program, database().url, viewer.id, conversationId, kind, text], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, killedBy] = await once(child, "exit");
  expect(killedBy).toBe("SIGKILL");
}

describe.each(["start", "plan", "tables", "sql", "check", "approval"])("killed when it sends: %s", (kind) => {
  it("goes on with the same turn, in the same message, and nothing is doubled", async () => {
    const tell = await begin(viewer);
    await dieAt(kind, tell.id, "geo features for sellers in Mumbai, no personal data");
    expect((await latestRun(viewer, tell.id))?.status).toMatch(/running|waiting/);
    const { approval } = await goOn(tell.id);
    expect(approval).toMatchObject({ kind: "enrich", status: "pending" });
    const messages = await listMessages(viewer, tell.id);
    expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    const parts = messages[1]?.parts as { type: string; id?: string }[];
    const types = parts.map(({ type }) => type).filter((type) => type !== "data-progress" && type !== "text");
    expect(types).toEqual([
      "data-plan",
      "data-tables",
      "data-sql",
      "data-result",
      "data-check",
      "data-approval",
    ]);
    const texts = parts.flatMap((part) => (part.type === "text" ? [(part as { text?: string }).text] : []));
    expect(new Set(texts).size).toBe(texts.length);
    expect((await latestRun(viewer, tell.id))?.status).toBe("waiting");

    // And the question is answered as if nothing had happened.
    const asked = await tell(no(approval));
    expect(asked.approval?.kind).toBe("export");
    expect((await tell(yes(asked.approval))).parts("export")).toHaveLength(1);
  });
});

describe("an export whose process was killed, and which is not made again", () => {
  async function dieInExport(when: "before manifest" | "after manifest") {
    const tell = await begin(viewer);
    const built = await tell("geo features for sellers in Mumbai, no personal data");
    await tell(no(built.approval));
    await dieAt(when, tell.id, "yes");
    expect(await listExports(viewer, tell.id)).toEqual([]);
    return tell;
  }

  it("is shown where it had been published before the person stopped it", async () => {
    const { id } = await dieInExport("after manifest");
    await cancel(viewer, id);
    const answer = await goOn(id);
    expect(answer.parts("notice")).toEqual([
      { level: "info", text: "Stopped. The export had been published by then, and is complete." },
    ]);
    expect((await latestRun(viewer, id))?.status).toBe("cancelled");
    await expectDownload(id, answer);
  });

  it("is shown where it had been published before the turn was given up", async () => {
    const { id } = await dieInExport("after manifest");
    await db().update(runs).set({ attempts: 3 }).where(eq(runs.conversationId, id));
    const answer = await goOn(id);
    expect(answer.parts("notice")).toMatchObject([
      { code: "INTERNAL", text: expect.stringMatching(/cut off 3 times.* published all the same/) },
    ]);
    await expectDownload(id, answer);
  });

  it("is told not to be there where it had not been published", async () => {
    const { id } = await dieInExport("before manifest");
    await cancel(viewer, id);
    const answer = await goOn(id);
    expect(answer.parts("notice")).toEqual([{ level: "info", text: "Stopped. Nothing was exported." }]);
    expect(answer.parts("export")).toEqual([]);
    expect(await listExports(viewer, id)).toEqual([]);
  });

  it("is shown where the person said something else before anybody went on with it", async () => {
    const tell = await dieInExport("after manifest");
    await makeTimePass();
    await tell("what does poi_count_1km mean?");
    const messages = await listMessages(viewer, tell.id);
    expect(messages.map(({ role }) => role).slice(-4)).toEqual(["user", "assistant", "user", "assistant"]);
    const parts = messages.at(-3)?.parts as { type: string; data: unknown }[];
    expect(parts.filter(({ type }) => /export|notice/.test(type)).map(({ data }) => data)).toMatchObject([
      { exportId: (await listExports(viewer, tell.id))[0]?.id },
      { text: expect.stringMatching(/^This turn was cut off.* published all the same/) },
    ]);
    expect(parts.at(-1)?.type).toBe("data-notice");
  });

  it("is told to have been looked for where its process may yet live", async () => {
    const tell = await dieInExport("before manifest");
    await makeTimePass();
    await tell("what does poi_count_1km mean?");
    const parts = (await listMessages(viewer, tell.id)).at(-3)?.parts;
    expect(parts?.at(-1)).toMatchObject({
      data: { text: expect.stringMatching(/No export was there when it was looked up\.$/) },
    });
  });

  it("is told so later, also to who reads, where who left it died over telling it", async () => {
    const { id } = await dieInExport("before manifest");
    const run = await latestRun(viewer, id);
    const finishedAt = new Date(Date.now() - 120_000);
    await db()
      .update(runs)
      .set({ status: "failed", finishedAt })
      .where(eq(runs.id, run?.id ?? ""));
    for (const times of [1, 2]) {
      const answer = await follow(run?.id ?? "", async () => {
        expect([times, await resumeStaleRuns()]).toEqual([times, 0]);
        await allRunsSettled();
      });
      expect(answer.parts("notice")).toMatchObject([
        { text: expect.stringMatching(/^This turn was cut off/) },
      ]);
    }
  });

  it("stays so where its end had been told before the database was lost", async () => {
    const { id } = await dieInExport("before manifest");
    const run = await latestRun(viewer, id);
    const told = { level: "error", text: "The store is away. Nothing was exported.", code: "INTERNAL" };
    const ending = { type: "data-notice", id: "ending", data: told };
    await appendRunEvents(viewer, run?.id ?? "", run?.messageId ?? "", [ending]);
    const answer = await goOn(id);
    expect(answer.parts("notice")).toEqual([told]);
    expect(answer.parts("export")).toEqual([]);
    expect(await listExports(viewer, id)).toEqual([]);
    expect(await latestRun(viewer, id)).toMatchObject({ status: "failed", errorCode: "INTERNAL" });
    expect((await listMessages(viewer, id)).at(-1)?.parts.at(-1)).toEqual(ending);
  });

  it.each([
    ["cannot be read", () => Promise.reject(new AppError("OBJECT_STORE_UNAVAILABLE"))],
    ["is silent", () => new Promise<boolean>(() => {})],
  ])("is told to be unknown where the store %s", async (_how, exists) => {
    const { id } = await dieInExport("after manifest");
    await cancel(viewer, id);
    const away = vi.spyOn(openObjectStore(), "exists").mockImplementation(exists);
    const answer = await goOn(id);
    away.mockRestore();
    expect(answer.parts("notice")).toMatchObject([
      {
        text: expect.stringMatching(
          /^Stopped\. Whether .* look for manifest\.json in \S+[0-9a-f]{24} before/,
        ),
      },
    ]);
    expect(answer.parts("export")).toEqual([]);
  });

  async function expectDownload(conversationId: string, answer: Heard) {
    const [row] = await listExports(viewer, conversationId);
    const [part] = answer.parts("export");
    expect(part).toMatchObject({ exportId: row?.id });
    expect(part?.files.map(({ href }) => href)).toContain(`/api/exports/${row?.id}/matrix`);
    const matrix = await openExportFile(viewer, row?.id ?? "", "matrix");
    expect(matrix).toMatchObject({ bytes: part?.files.find(({ kind }) => kind === "matrix")?.bytes });
  }
});

/** Has a server take up what the dead process left, and hears the answer to its end. */
async function goOn(conversationId: string): Promise<Heard> {
  const run = await latestRun(viewer, conversationId);
  await makeTimePass();
  await resumeStaleRuns();
  const answer = await follow(run?.id ?? "");
  await allRunsSettled();
  return answer;
}

/** @param onFirst is waited for when the reader has read what there is, and seen none but its first chunk */
async function follow(runId: string, onFirst = async () => {}): Promise<Heard> {
  const chunks = [];
  const signal = new AbortController().signal;
  for await (const { chunk } of followRun(viewer, runId, { after: 0, signal })) {
    chunks.push(chunk);
    if (chunks.length === 1) await onFirst();
  }
  return heard(chunks);
}

/** A dead process is known by its missing heartbeat. */
async function makeTimePass(): Promise<void> {
  await db().execute(
    sql`update runs set heartbeat_at = now() - interval '1 minute' where status = 'running'`,
  );
}
