import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { field } from "@/lib/pipeline/source-table";
import { eventTables } from "@/tests/fixtures/event-tables";
import { runExtract } from "@/tests/support/run-extract";
import { type LogLines, logLine, scriptedLog } from "@/tests/support/scripted-log";
import { writtenFolder } from "@/tests/support/written-folder";
import { progressThrough, readRecords } from "./log-records";

const row = (event: string, received: string, began = received) => ({
  event_id: event,
  began_at: began,
  received_at: received,
  pages: 3,
});

/** So many visits in each hour of a day. */
function dayOfVisits(day: string, perHour: number): LogLines {
  const hours = Array.from({ length: 24 }, (_, hour) => `${day}T${String(hour).padStart(2, "0")}`);
  return new Map(
    hours.map((hour) => [
      hour,
      Array.from({ length: perHour }, (_, offset) => {
        const minute = String(Math.floor((offset * 60) / perHour)).padStart(2, "0");
        return logLine(hour, offset, row(`${hour}-${offset}`, `${hour}:${minute}:00Z`));
      }),
    ]),
  );
}

const october = { start: "2026-10-01T00:00:00Z", end: "2026-11-01T00:00:00Z" };

describe("reading an event log", () => {
  it("lands records by kind in the order of partition and offset, late ones and repeated ones too", async () => {
    const [a, b] = ["2026-10-01T09", "2026-10-01T10"];
    const lines: LogLines = new Map([
      [b, [logLine(b, 0, row("E3", `${b}:00:00Z`, "2026-09-29T10:00:00Z"))]],
      [
        a,
        [
          logLine(a, 0, row("E1", `${a}:00:00Z`)),
          logLine(a, 1, row("T1", `${a}:30:00Z`), "tap"),
          logLine(a, 2, row("E1", `${a}:59:00Z`)),
          logLine(a, 3, row("O1", `${a}:59:00Z`), "other"),
        ],
      ],
      ["2026-11-01T00", [logLine("2026-11-01T00", 0, row("E9", "2026-11-01T00:00:00Z"))]],
    ]);
    const { url } = await scriptedLog(lines);
    const { tables, facts } = await runExtract(eventTables, { clickstream: url }, october);
    expect(tables.visits?.map(({ event_id, _position }) => [event_id, _position])).toEqual([
      ["E1", `${a}/0`],
      ["E1", `${a}/2`],
      ["E3", `${b}/0`],
    ]);
    const sequences = tables.visits?.map(({ _sequence }) => Number(_sequence)) ?? [];
    expect(sequences).toEqual([...sequences].sort((x, y) => x - y));
    expect(tables.visits?.[0]).toMatchObject({ pages: "3", _operation: "upsert" });
    expect(tables.taps).toMatchObject([{ event_id: "T1", _position: `${a}/1` }]);
    expect(facts.map(({ label, value }) => [label.replace("clickstream: ", ""), value])).toEqual([
      ["seen", 4],
      ["landed", 4],
      ["set aside", 0],
      ["of tables that the mart does not read", 1],
      ["received more than an hour after they began", 1],
    ]);
  });

  it("gives what cannot be read its place in the log, across answers and hours", async () => {
    const [a, b] = ["2026-10-01T09", "2026-10-01T10"];
    const broken = (partition: string, offset: number) =>
      Buffer.concat([
        Buffer.from(`{"partition":"${partition}","offset":${offset},"x":"`),
        Buffer.from([0xe9, 0x22, 0x7d]),
      ]);
    const lines: LogLines = new Map([
      [a, ['{"cut', logLine(a, 1, row("E1", `${a}:00:00Z`)), broken(a, 2), '{"cut']],
      [
        b,
        [
          "[]",
          logLine(b, 1, row("x".repeat(10 * 1024 * 1024), `${b}:00:00Z`)),
          logLine(b, 2, row("E2", "soon")),
        ],
      ],
    ]);
    for (const cap of [1, 2, 3, 100]) {
      const { url } = await scriptedLog(lines, { cap });
      const { tables, setAside, facts } = await runExtract(eventTables, { clickstream: url }, october);
      expect(setAside.map(({ table, reason, position }) => [table, reason, position])).toEqual([
        ["records", "broken_record", `${a}/0`],
        ["records", "broken_encoding", `${a}/2`],
        ["records", "broken_record", `${a}/3`],
        ["records", "broken_record", `${b}/0`],
        ["visits", "cell_too_large", `${b}/1`],
      ]);
      expect(tables.visits?.map(({ event_id }) => event_id)).toEqual(["E1", "E2"]);
      expect(facts.slice(0, 3).map(({ value }) => value)).toEqual([7, 2, 5]);
    }
  });

  it("hides what was found of a record that cannot be read where any table has personal columns", async () => {
    const line = '{"kind":"call","phone":"+91-98';
    const { url } = await scriptedLog(new Map([["2026-10-01T09", [line]]]));
    const found = async (tables: typeof eventTables) =>
      (await runExtract(tables, { clickstream: url })).setAside.map((row) => row.found);
    const [visits] = eventTables as [(typeof eventTables)[number]];
    const calls = { ...visits, name: "calls", row: visits.row.extend({ phone: field.text() }) };
    expect(await found(eventTables)).toEqual([line]);
    expect(await found([...eventTables, calls])).toEqual([null]);
  });

  it("asks only for what it has not staged, whatever the order of the increments", async () => {
    const cacheDirectory = await writtenFolder();
    const lines = new Map([
      ...dayOfVisits("2026-10-30", 5),
      ...dayOfVisits("2026-10-31", 5),
      ...dayOfVisits("2026-11-01", 5),
    ]);
    const { url, asked } = await scriptedLog(lines, { name: "the-log", cap: 50 });
    const read = async (start: string, end: string) => {
      asked.length = 0;
      const {
        tables,
        written,
        lines: logged,
      } = await runExtract(eventTables, { clickstream: url }, { start, end, cacheDirectory });
      const told = logged.filter((line) => line.endsWith("staged")).at(-1);
      return { rows: tables.visits?.length, requests: asked.length - 1, told, hash: written[0]?.sha256 };
    };
    const [thirtieth, next, after, last] = ["10-30", "10-31", "11-01", "11-02"].map(
      (day) => `2026-${day}T00:00:00Z`,
    ) as [string, string, string, string];
    expect(await read(next, after)).toMatchObject({ rows: 120, requests: 3 });
    const whole = await read(thirtieth, last);
    expect(whole).toMatchObject({ rows: 360, told: "clickstream: 240 of 240 new records staged" });
    expect(whole.requests).toBeLessThanOrEqual(7);
    // What arrives later in an hour that was read is read, and nothing else.
    lines.get("2026-11-01T23")?.push(logLine("2026-11-01T23", 5, row("new", "2026-11-01T23:59:59Z")));
    expect(await read(thirtieth, last)).toMatchObject({ rows: 361, requests: 1 });
    expect(await read(thirtieth, next)).toMatchObject({ rows: 120, requests: 0 });
    // The same log at another address, and another log at the same.
    const elsewhere = await scriptedLog(lines, { name: "the-log" });
    await runExtract(
      eventTables,
      { clickstream: elsewhere.url },
      { cacheDirectory, start: thirtieth, end: next },
    );
    expect(elsewhere.asked).toHaveLength(1);
    const fresh = await runExtract(eventTables, { clickstream: url }, { start: thirtieth, end: next });
    expect(fresh.written[0]?.sha256).toBe((await read(thirtieth, next)).hash);
  });

  it("begins anew where the staged records are damaged", async () => {
    const cacheDirectory = await writtenFolder();
    const { url } = await scriptedLog(dayOfVisits("2026-10-30", 2), { name: "the-log" });
    await runExtract(eventTables, { clickstream: url }, { cacheDirectory });
    const folder = path.join(cacheDirectory, "logs");
    const [file = ""] = (await readdir(folder)).filter((name) => name.endsWith(".duckdb"));
    await writeFile(path.join(folder, file), "no database");
    const { tables, lines } = await runExtract(eventTables, { clickstream: url }, { cacheDirectory });
    expect(tables.visits).toHaveLength(48);
    expect(lines.join()).toContain("are read again");
  });

  it("refuses a log that promises more than it gives, and what is no log", async () => {
    const refused = (clickstream: string, message: string) =>
      expect(runExtract(eventTables, { clickstream })).rejects.toMatchObject({
        code: "SOURCE_CHANGED",
        message: expect.stringContaining(message),
      });
    const { url } = await scriptedLog(new Map([["2026-10-01T00", [""]]]));
    await refused(url, "gives no record there");
    await refused(`${url}/elsewhere`, "something else than");
  });

  it("has to be read by whole hours", async () => {
    const end = "2026-10-31T12:30:00Z";
    await expect(
      runExtract(eventTables, { clickstream: "http://127.0.0.1:1" }, { end }),
    ).rejects.toMatchObject({
      code: "BAD_INPUT",
    });
  });
});

describe("windows of five minutes", () => {
  const hour = "2026-10-01T09";
  const body = (minutes: number[], from = 0) =>
    Buffer.from(
      minutes
        .map((minute, index) =>
          logLine(hour, from + index, row("E", `${hour}:${String(minute).padStart(2, "0")}:00Z`)),
        )
        .join("\n"),
    );
  const taken = (minutes: number[], limit: number) => {
    const progress = progressThrough([{ partition: hour, next_offset: 100 }], new Map());
    const reading = { source: "clickstream", tables: eventTables };
    const records = readRecords(reading, body(minutes), progress, limit);
    expect(progress.position()).toEqual({ partition: hour, offset: records.length });
    return records.length;
  };

  it("are not cut in two by a full answer", () => {
    expect(taken([0, 4, 5, 9, 10, 11], 6)).toBe(4);
    expect(taken([0, 4, 5, 9, 10, 11], 7)).toBe(6);
    // Unless one fills an answer alone; a clock that goes back loses nothing.
    expect(taken([0, 1, 2, 3], 4)).toBe(4);
    expect(taken([10, 0, 10], 3)).toBe(2);
  });

  it("are refused where offsets go back", () => {
    const progress = progressThrough([{ partition: hour, next_offset: 3 }], new Map());
    const lines = [logLine(hour, 1, {}), logLine(hour, 0, {})].join("\n");
    const reading = { source: "clickstream", tables: eventTables };
    expect(() => readRecords(reading, Buffer.from(lines), progress, 10)).toThrow("not in the order");
  });
});

it("stages each record once, however often it is killed", async () => {
  const cacheDirectory = await writtenFolder();
  const lines = dayOfVisits("2026-10-30", 400);
  let dieAt = 0;
  let kill = () => {};
  const { url, asked } = await scriptedLog(lines, {
    name: "the-log",
    cap: 500,
    onRecords: () => {
      // Some are killed at once, some while they write what they were given.
      dieAt -= 1;
      if (dieAt === 0) setTimeout(kill, (asked.length * 7) % 40);
      return undefined;
    },
  });
  for (const requests of [1, 4, 3, 6]) {
    dieAt = requests;
    const child = spawn(
      process.execPath,
      ["--import", "tsx", "tests/fixtures/extract-log.ts", url, cacheDirectory, await writtenFolder()],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    kill = () => child.kill("SIGKILL");
    const [, killedBy] = await once(child, "exit");
    expect(killedBy).toBe("SIGKILL");
  }
  dieAt = 0;
  const before = asked.length;
  const { tables } = await runExtract(eventTables, { clickstream: url }, { ...october, cacheDirectory });
  const ids = tables.visits?.map(({ event_id }) => event_id) ?? [];
  expect(ids).toHaveLength(24 * 400);
  expect(new Set(ids).size).toBe(24 * 400);
  // It went on where the last one was killed.
  expect(asked.length - before).toBeLessThan(20);
});
