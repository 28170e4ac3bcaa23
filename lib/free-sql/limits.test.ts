import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { openFreeSqlMart } from "@/tests/support/free-sql-mart";
import { runFreeSql } from ".";
import { EngineError, runInProcess } from "./engine-process";

const limits = { rows: 10, seconds: 3, memory: "256MB" };
let mart: Awaited<ReturnType<typeof openFreeSqlMart>>["mart"];
let close: () => Promise<void>;
beforeAll(async () => {
  ({ mart, close } = await openFreeSqlMart());
});
afterAll(() => close());

const run = (sql: string, signal?: AbortSignal) => runFreeSql({ sql, mart, limits, signal });
const spills = () => readdirSync(os.tmpdir()).filter((name) => name.startsWith(".spill-"));

/** The processes of statements that this process has begun and that are there still. */
function programs(): number[] {
  const tasks = readdirSync(`/proc/${process.pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").trim().split(" "),
  );
  return children.filter(Boolean).map(Number).filter(isProgram);
}

function isProgram(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("lib/free-sql/program.ts");
  } catch {
    return false;
  }
}

/** One whose statement runs: it has opened the mart. */
async function runningProgram(): Promise<number> {
  for (let tries = 0; tries < 600; tries++) {
    for (const pid of programs()) {
      const maps = await readFile(`/proc/${pid}/maps`, "utf8").catch(() => "");
      if (maps.includes("duckdb")) return pid;
    }
    await sleep(50);
  }
  throw new Error("no statement began");
}

/** Every kind of growth, and what ends it. The first five are the hostile cases that pass the guard. */
const runaways: [string, "time" | "memory"][] = [
  ["WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM t) SELECT count(*) FROM t", "time"],
  ["SELECT count(*) FROM range(1000000000000)", "time"],
  ["SELECT repeat('A', 4000000000)", "memory"],
  ["SELECT list_aggregate(range(1000000000),'sum')", "memory"],
  ["SELECT count(*) FROM customers a, customers b, customers c, customers d, customers e, orders f", "time"],
  ["SELECT sum(length(repeat('ab', 50000000 + i::INTEGER))) FROM range(100000) r(i)", "memory"],
  [
    "SELECT sum(x) FROM (SELECT lag(i) OVER (ORDER BY hash(i)) AS x FROM generate_series(1, 100000000) r(i))",
    "memory",
  ],
  ["SELECT sum(list_reduce(range(i % 1000 + 1), (x, y) -> x + y)) FROM range(100000000) r(i)", "time"],
  [
    "SELECT count(*) FROM range(100000000) r(i) WHERE regexp_matches(repeat('a', 3000), '(a|a)*b' || i)",
    "time",
  ],
  ["SELECT string_agg(repeat('x', 1000), ',') FROM range(10000000)", "memory"],
  ["SELECT list_transform(range(100000), x -> list_transform(range(100000), y -> x * y))", "memory"],
];

describe.skipIf(process.platform !== "linux")("the process of a statement (told by Linux's /proc)", () => {
  afterEach(() => {
    expect(programs()).toEqual([]);
    expect(spills()).toEqual([]);
  });

  it.each(runaways)("%s is ended", async (sql, limit) => {
    const before = process.memoryUsage();
    // A slow machine takes its time to fill the memory.
    const given = limit === "memory" ? { ...limits, seconds: 50 } : limits;
    const error = await runFreeSql({ sql, mart, limits: given }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "SQL_LIMIT", details: { limit } });
    expect(error.message).toMatch(limit === "time" ? /longer than the 3 s/ : /more than the 256MB/);
    const { rss, heapUsed } = process.memoryUsage();
    expect(rss - before.rss).toBeLessThan(100e6);
    expect(heapUsed - before.heapUsed).toBeLessThan(50e6);
  });

  it("does what a backtracking engine would hang on", async () => {
    const { rows } = await run("SELECT regexp_replace(repeat('a',1000000),'(a+)+$','b')");
    expect(rows).toEqual([["b"]]);
  });

  it("serves five at once, the bad ones beside the good", async () => {
    const results = await Promise.allSettled([
      run("SELECT count(*) FROM range(1000000000000)"),
      run("SELECT count(*) FROM customers"),
      run("SELECT repeat('A', 4000000000)"),
      run("SELECT max(id) FROM orders"),
      run("SELECT nothing FROM customers"),
    ]);
    const told = results.map((one) => (one.status === "fulfilled" ? one.value.rows : one.reason.code));
    expect(told).toEqual(["SQL_LIMIT", [[100]], "SQL_LIMIT", [[99]], "SQL_REFUSED"]);
  });

  it("is stopped: at once, before it begins, and while it waits for room", async () => {
    const endless = "SELECT count(*) FROM range(1000000000000)";
    const long = { ...limits, seconds: 60 };
    const stops = Array.from({ length: 6 }, () => new AbortController());
    const all = stops.map(({ signal }) =>
      runFreeSql({ sql: endless, mart, limits: long, signal }).catch((thrown) => thrown.code),
    );
    await runningProgram();
    for (const stop of stops.reverse()) stop.abort();
    expect(await Promise.all(all)).toEqual(Array(6).fill("QUERY_CANCELLED"));
    expect(await run(endless, AbortSignal.abort()).catch((thrown) => thrown.code)).toBe("QUERY_CANCELLED");
  });

  it.each(["SIGSEGV", "SIGKILL"] as const)("is told when it dies of %s", async (signal) => {
    const running = run("SELECT count(*) FROM range(1000000000000)").catch((thrown) => thrown);
    process.kill(await runningProgram(), signal);
    expect(await running).toMatchObject({ code: "QUERY_FAILED", details: { kind: "Process" } });
  });

  it("knows no secret, and reaches no file, setting or network though nobody checked its SQL", async () => {
    vi.stubEnv("OPENAI_API_KEY", "planted-secret");
    const running = run("SELECT count(*) FROM range(1000000000000)").catch((thrown) => thrown.code);
    const environment = readFileSync(`/proc/${await runningProgram()}/environ`, "utf8");
    expect(environment).not.toContain("planted-secret");
    expect(
      environment
        .split("\0")
        .filter((line) => !line.startsWith("PWD="))
        .join(""),
    ).toBe("");
    vi.unstubAllEnvs();
    expect(await running).toBe("SQL_LIMIT");
    for (const sql of [
      "SELECT * FROM read_text('/etc/passwd')",
      "SELECT * FROM 'package.json'",
      "COPY (SELECT 1) TO '/tmp/free-sql-was-here'",
      "ATTACH '/tmp/free-sql-was-here'",
      "INSTALL httpfs",
      "SET memory_limit = '8GB'",
      "CREATE TABLE x AS SELECT 1",
      "DELETE FROM customers",
      "SELECT 1; SELECT 2",
    ]) {
      const task = { sql, memory: "256MB", seconds: 20, maximumBytes: 1000 };
      await expect(runInProcess(mart.file, task), sql).rejects.toBeInstanceOf(EngineError);
    }
  }, 120_000);

  it("ends when whoever began it is gone", async () => {
    const task = { file: mart.file.path, sql: "SELECT count(*) FROM range(1000000000000)", memory: "256MB" };
    const line = JSON.stringify({ ...task, maximumBytes: 1000, seconds: 500 });
    const args = ["--import", "tsx", "lib/free-sql/program.ts"];
    const script = `const child = require("node:child_process").spawn(process.execPath, ${JSON.stringify(args)}, { stdio: ["pipe", "pipe", "ignore"] });
      child.stdin.write(${JSON.stringify(`${line}\n`)});
      child.stdout.on("data", () => console.log(child.pid));`;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once("data", (data) => resolve(Number(data))),
    );
    expect(isProgram(pid)).toBe(true);
    parent.kill("SIGKILL");
    while (isProgram(pid)) await sleep(50);
  });
});
