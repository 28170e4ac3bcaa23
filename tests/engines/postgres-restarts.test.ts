import { spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { readPipelineRun, startPipelineRun } from "@/agents/pipeline";
import type { PersonMessage } from "@/agents/read-message";
import { allRunsSettled, resumeStaleRuns } from "@/agents/run";
import { closeDatabase, database, setDatabaseUrl } from "@/db/client";
import { migrate } from "@/db/migrate";
import { patiently } from "@/db/patiently";
import type { PipelineRun } from "@/db/schema";
import { closeMarts } from "@/lib/mart";
import { aViewer } from "@/tests/support/a-viewer";
import { copyWorldMart } from "@/tests/support/demo-mart";
import { kill, statuses } from "@/tests/support/pipelines";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { no, yes } from "@/tests/support/turns";
import { insistentPerson, type Troubles } from "./support/insistent-person";
import { ends, type RestartingPostgres, startRestartingPostgres } from "./support/restarting-postgres";

/*
 * The database is restarted every five to ten seconds, in turn as asked, at once and as by a power cut, while people talk
 * and pipelines run. ENGINES_SECONDS says how long; RESTARTS_SEED repeats a course of restarts.
 */
const seconds = Number(process.env.ENGINES_SECONDS ?? 40);
const seed = Number(process.env.RESTARTS_SEED ?? 1);
vi.setConfig({ testTimeout: (seconds + 400) * 1000 });

const viewer = aViewer("Tester");
const requests = [
  "geo features for sellers in Mumbai, no personal data",
  "engagement features for sellers in Pune",
  "geo and engagement features for sellers in Mumbai and Pune, no personal data",
];
let server: RestartingPostgres;
let dataDir: string;
const sent: PersonMessage[] = [];
const troubles: Troubles = { refused: 0, failures: [] };

beforeAll(async () => {
  dataDir = await temporaryFolder();
  vi.stubEnv("DATA_DIR", dataDir);
  vi.stubEnv("LOG_LEVEL", "error");
  await copyWorldMart(60, dataDir);
  server = await startRestartingPostgres();
  setDatabaseUrl(server.url);
  await migrate();
}, 300_000);
afterAll(async () => {
  await closeMarts();
  await closeDatabase();
  await server.remove();
  await rm(dataDir, { recursive: true, force: true });
});

it(`loses nothing and does nothing twice in ${seconds} s of restarts (seed ${seed})`, async () => {
  const until = Date.now() + seconds * 1000;
  const resuming = setInterval(() => void resumeStaleRuns().catch(() => {}), 5_000);
  const work = [0, 1, 2].map((person) => converse(person, until));
  const [restarts, pipelines] = await Promise.all([restart(until), buildStamps(until), ...work]);
  await allRunsSettled();
  clearInterval(resuming);

  await expectWholeConversations();
  await expectOneExportPerApproval();
  for (const run of pipelines) {
    const done = await patiently(() => readPipelineRun(viewer, run.id), { seconds: 60 });
    expect(done.run).toMatchObject({ status: "succeeded", errorCode: null });
    expect(statuses(done)).toEqual(statuses(done).map((text) => text.replace(/ .*/, " succeeded")));
    expect(done.logs.map(({ sequence }) => sequence)).toEqual(done.logs.map((_, at) => at + 1));
  }
  const counts = { restarts, messages: sent.length, pipelines: pipelines.length, ...troubles };
  process.stdout.write(`restarts of the database: ${JSON.stringify(counts)}\n`);
  expect(restarts).toBeGreaterThan(0);
  expect(pipelines.length).toBeGreaterThan(0);
  // A restart is no failure to anybody who asks again.
  expect(troubles.failures).toEqual([]);
});

/** Ends and starts the server until it is time; it runs in the end. @returns how often */
async function restart(until: number): Promise<number> {
  const random = randomFrom(seed);
  const ways = Object.keys(ends) as (keyof typeof ends)[];
  let restarts = 0;
  while (Date.now() < until) {
    await delay(5_000 + random() * 4_000);
    await server.end(ways[restarts % ways.length] ?? "fast");
    await delay(random() * 1_500);
    await server.start();
    restarts += 1;
  }
  return restarts;
}

/** Whole conversations, one after the other: a request, the answers to its questions, an export, a greeting. */
async function converse(person: number, until: number): Promise<void> {
  const { begin, tell } = insistentPerson(viewer, sent, troubles);
  for (let turn = person; Date.now() < until; turn += 1) {
    const id = await begin();
    const built = await tell(id, requests[turn % requests.length] ?? "");
    const asked = await tell(id, turn % 2 === 0 ? no(built.approval) : yes(built.approval));
    const exported = await tell(id, yes(asked.approval));
    expect(exported.parts("export").length).toBeGreaterThan(0);
    await tell(id, "hello");
  }
}

/** Small pipelines, executed by another process. @returns those that were run */
async function buildStamps(until: number): Promise<PipelineRun[]> {
  const folder = await temporaryFolder();
  const program = ["--import", "tsx", "tests/fixtures/pipeline-executor.ts", server.url, folder];
  const executor = spawn(process.execPath, program, { stdio: ["ignore", "ignore", "inherit"] });
  const runs: PipelineRun[] = [];
  try {
    while (Date.now() < until) {
      const asked = { mart: "auto-marketplace", stamp: "v2026.11", previous: null };
      const run = await patiently(() => startPipelineRun(viewer, asked), { seconds: 60 });
      runs.push(run);
      for (;;) {
        const { status } = (await patiently(() => readPipelineRun(viewer, run.id), { seconds: 60 })).run;
        if (status !== "queued" && status !== "running") break;
        await delay(200);
      }
    }
    return runs;
  } finally {
    await kill(executor);
    await rm(folder, { recursive: true, force: true });
  }
}

async function rows(query: ReturnType<typeof sql>): Promise<Record<string, unknown>[]> {
  // A connection that the last restart broke says so when it is used next.
  return [...(await patiently(() => database().execute(query), { seconds: 60 }))];
}

async function expectWholeConversations(): Promise<void> {
  expect(await rows(sql`select id, status from runs where status = 'running'`)).toEqual([]);
  // Each message that was sent is there once, and was answered once, in turn.
  const stored = await rows(
    sql`select conversation_id, id, role, jsonb_array_length(parts) as parts from messages order by conversation_id, position`,
  );
  const said = stored.filter(({ role }) => role === "user").map(({ id }) => id);
  expect([...said].sort()).toEqual(sent.map(({ id }) => id).sort());
  stored.forEach(({ role, parts }, at) => {
    expect(role).toBe(at % 2 === 0 ? "user" : "assistant");
    expect(parts).toBeGreaterThan(0);
  });
  // Events: numbers from 1 without a hole, one beginning and one end for a message, no words twice.
  expect(
    await rows(sql`select run_id from run_events join runs on runs.id = run_id group by run_id, last_sequence
      having count(*) <> max(sequence) or min(sequence) <> 1 or max(sequence) <> last_sequence`),
  ).toEqual([]);
  const answers = sql`(select run_id, message_id, chunk->>'type' as type, chunk->>'id' as part from run_events) as said`;
  expect(
    await rows(sql`select message_id from ${answers} group by message_id
      having count(*) filter (where type = 'start') <> 1 or count(*) filter (where type = 'finish') > 1`),
  ).toEqual([]);
  expect(
    await rows(sql`select message_id, part from ${answers} where type = 'text-delta'
      group by message_id, part having count(*) > 1`),
  ).toEqual([]);
}

async function expectOneExportPerApproval(): Promise<void> {
  const approved = await rows(
    sql`select approvals.id, count(exports.id)::int as exports from approvals
      left join exports on exports.approval_id = approvals.id
      where approvals.kind = 'export' and approvals.status = 'approved' group by approvals.id`,
  );
  expect(approved.length).toBeGreaterThan(0);
  expect(approved.filter(({ exports }) => exports !== 1)).toEqual([]);
  const files = await readdir(path.join(dataDir, "objects", "exports"), { recursive: true });
  expect(files.filter((file) => path.basename(file) === "manifest.json")).toHaveLength(approved.length);
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
