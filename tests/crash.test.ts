import { spawn } from "node:child_process";
import { once } from "node:events";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { allRunsSettled, followRun, resumeStaleRuns } from "@/agents/run";
import { database as db } from "@/db/client";
import { latestRun, listMessages } from "@/db/queries";
import { aViewer } from "./support/a-viewer";
import { setUpDemoMart } from "./support/demo-mart";
import { begin, heard, no, yes } from "./support/turns";

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
    const run = await latestRun(viewer, tell.id);
    expect(run?.status).toMatch(/running|waiting/);

    // A dead process is known by its missing heartbeat; here time is made to pass.
    await db().execute(
      sql`update runs set heartbeat_at = now() - interval '1 minute' where status = 'running'`,
    );
    await resumeStaleRuns();
    const chunks = [];
    const signal = new AbortController().signal;
    for await (const { chunk } of followRun(viewer, run?.id ?? "", { after: 0, signal })) chunks.push(chunk);
    await allRunsSettled();

    expect(heard(chunks).approval).toMatchObject({ kind: "enrich", status: "pending" });
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
    const asked = await tell(no(heard(chunks).approval));
    expect(asked.approval?.kind).toBe("export");
    expect((await tell(yes(asked.approval))).parts("export")).toHaveLength(1);
  });
});
