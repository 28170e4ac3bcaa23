import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import { type PublishedExport, readPublished, removeRemains } from "@/lib/export";
import { sha256 } from "@/lib/feature-set";
import { type ObjectStore, s3Store } from "@/lib/objects";
import { createExportMart, type ExportMart } from "@/tests/fixtures/export-mart";
import { describeWith, freshS3 } from "./support/engines";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import type { S3Server } from "./support/object-server";
import type { PublishOrder, PublishTask } from "./support/s3-publish-and-die";
import { bucketJudge, s3SettingsOf } from "./support/s3-store";

const kills = 50;
/** Two parts of an upload, since digests cannot be compressed to less than half. */
const rows = 190_000;
const sql = `SELECT i AS "SELLER_ID", md5(i::VARCHAR) || md5((-i)::VARCHAR) || md5((7 * i)::VARCHAR) AS "NOTE", sqrt(i)::DOUBLE AS "INCOME", 0.5::DECIMAL(9, 2) AS "RENT"
  FROM range(${rows}) r(i)`;

describeWith(["s3"], "an export killed at any moment", () => {
  let server: S3Server;
  let mart: ExportMart;
  let store: ObjectStore;
  let judge: ReturnType<typeof bucketJudge>;
  /** Each with its own line to the server, on which requests are counted, and the publisher's task. */
  let lanes: { line: FaultProxy; task: string }[];
  beforeAll(async () => {
    server = await freshS3();
    const settings = s3SettingsOf(server, { prefix: "team" });
    store = s3Store(settings);
    judge = bucketJudge(server);
    mart = await createExportMart();
    const { martFile, scratchDirectory, registry, plan } = mart;
    const report = { ...mart.report, rows, nulls: [] };
    lanes = await Promise.all(
      [0, 1].map(async (lane) => {
        const line = await startFaultProxy(server.url);
        const task = path.join(mart.folder, `task-${lane}.json`);
        const content: PublishTask = {
          ...{ martFile, scratchDirectory, registry, plan, report },
          settings: { ...settings, endpoint: line.url },
          sql: { duckdb: sql, snowflake: sql },
        };
        await writeFile(task, JSON.stringify(content));
        return { line, task };
      }),
    );
    await writeFile(replacement(kills), contentOf(kills));
    await store.putFile("replaced", replacement(kills));
  });
  afterAll(async () => {
    judge.close();
    await Promise.all(lanes.map(({ line }) => line.stop()));
    await mart.close();
    await server.stop();
  });

  const replacement = (version: number) => path.join(mart.folder, `replacement-${version}`);
  /** One byte many times, so that a mix of two versions shows. */
  const contentOf = (version: number) => Buffer.alloc(1024 * 1024, version);
  const approvalOf = (attempt: number) => `approval-${attempt}`;
  const prefixOf = (attempt: number) =>
    `exports/export-mart/v2026.11/${sha256(`export of approval ${approvalOf(attempt)}`).slice(0, 24)}`;

  async function publisher(task: string): Promise<ChildProcess> {
    const program = path.join(import.meta.dirname, "support", "s3-publish-and-die.ts");
    const child = fork(program, [task], { execArgv: ["--import", "tsx"] });
    await heardFrom(child);
    return child;
  }
  const heardFrom = async (child: ChildProcess) => {
    const died = once(child, "exit").then(() => Promise.reject(new Error("The publisher died by itself.")));
    await Promise.race([once(child, "message"), died]);
  };
  const begin = (child: ChildProcess, attempt: number) => {
    const order: PublishOrder = { approvalId: approvalOf(attempt), replaced: replacement(attempt) };
    child.send(order);
  };

  /** Null where there is no export; fails where there is half of one. */
  async function readWhole(attempt: number): Promise<PublishedExport | null> {
    const published = await readPublished(store, prefixOf(attempt)).catch((thrown) => {
      if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
      throw thrown;
    });
    for (const { key, bytes, sha256: sha } of published?.files ?? []) {
      const content = await store.get(key);
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha);
    }
    return published;
  }

  async function readReplaced(): Promise<number> {
    const content = Buffer.from(await store.get("replaced"));
    const version = content[0] ?? -1;
    expect(content.equals(contentOf(version))).toBe(true);
    return version;
  }

  it(`${kills} times: readers see the old or the new, and the sweep leaves nothing of the rest`, async () => {
    const [{ line, task } = { line: null, task: "" }] = lanes;
    const first = await publisher(task);
    begin(first, kills);
    await heardFrom(first);
    first.kill("SIGKILL");
    const requests = line?.seen.length ?? 0;
    const whole = await readWhole(kills);
    expect(whole).toMatchObject({ rows });
    expect(whole?.files[0]?.bytes).toBeGreaterThan(8 * 1024 * 1024);

    const versions = new Set<number>();
    let running = true;
    let latest = 0;
    const reads = { whole: 0, none: 0 };
    const reader = (async () => {
      while (running) {
        for (const attempt of [latest, Math.max(0, latest - 2)]) {
          (await readWhole(attempt)) === null ? reads.none++ : reads.whole++;
        }
        versions.add(await readReplaced());
        await pause(50);
      }
    })();
    const random = seeded(20261121);
    const attempts = Array.from({ length: kills }, (_, attempt) => attempt).values();
    // Two at once: while one is at work, another starts.
    const work = async ({ line, task }: { line: FaultProxy; task: string }) => {
      for (const attempt of attempts) {
        const child = await publisher(task);
        await writeFile(replacement(attempt), contentOf(attempt));
        // Not at a time but at a request, so that kills are spread over the writing however busy the machine is.
        const fatal = Math.ceil(random() * requests);
        const later = random() * 30;
        let count = 0;
        const kill = () => void setTimeout(() => child.kill("SIGKILL"), later);
        const ended = once(child, "exit");
        child.once("message", kill);
        line.plan({
          on: () => {
            if (++count === fatal) kill();
            return false;
          },
          fault: { kind: "reset" },
        });
        begin(child, attempt);
        latest = attempt;
        await ended;
      }
    };
    await Promise.all(lanes.map(work)).finally(() => {
      running = false;
    });
    await reader;
    expect(reads.none).toBeGreaterThan(0);
    expect(versions.size).toBeGreaterThan(3);

    const ended = await Promise.all(Array.from({ length: kills }, (_, attempt) => readWhole(attempt)));
    const halves = ended.flatMap((found, attempt) => (found ? [] : [attempt]));
    const uploads = await judge.unfinished();
    const left = await folders();
    const orphans = halves.map(prefixOf).filter((prefix) => left.has(prefix));
    // Otherwise nothing was tried.
    expect(halves.length).toBeGreaterThan(10);
    expect(uploads.length + orphans.length).toBeGreaterThan(5);
    expect([...left.keys()].filter((folder) => !orphans.includes(folder))).toHaveLength(
      kills + 1 - halves.length,
    );

    // The same approval again, after the last kill: it is published after all.
    const again = halves.at(-1) ?? 0;
    const last = await publisher(task);
    begin(last, again);
    await heardFrom(last);
    last.kill("SIGKILL");
    expect(await readWhole(again)).toMatchObject({ rows });

    const aMinuteAhead = new Date(Date.now() + 60_000);
    const swept = await removeRemains(store, aMinuteAhead);
    expect(swept.uploads).toBe(uploads.length);
    expect(swept.folders).toBe(orphans.filter((prefix) => prefix !== prefixOf(again)).length);
    expect(await judge.unfinished()).toEqual([]);
    for (const [folder, keys] of await folders()) {
      const { files } = await readPublished(store, folder);
      expect(keys.sort()).toEqual(files.map(({ key }) => key).sort());
    }
    await readReplaced();
    const counts = {
      requests,
      reads,
      versions: versions.size,
      halves: halves.length,
      uploads: uploads.length,
      swept,
    };
    console.info(counts);
  }, 900_000);

  async function folders(): Promise<Map<string, string[]>> {
    const found = new Map<string, string[]>();
    for await (const { key } of store.list("exports")) {
      const folder = path.posix.dirname(key);
      found.set(folder, [...(found.get(folder) ?? []), key]);
    }
    return found;
  }
});

/** Mulberry32: the same numbers from 0 to 1 at every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
