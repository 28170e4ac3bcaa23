import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toAppError } from "@/lib/errors";
import { logLine as lineOfLog } from "@/lib/log";
import { eventTables } from "@/tests/fixtures/event-tables";
import { runExtract } from "@/tests/support/run-extract";
import { type LogLines, logLine, scriptedLog } from "@/tests/support/scripted-log";
import { scriptedServer } from "@/tests/support/scripted-server";
import { writtenFolder } from "@/tests/support/written-folder";
import { field, type SourceTable } from "../source-table";

const shops: SourceTable = {
  source: "census",
  name: "shops",
  protocol: "csv",
  description: "Shops.",
  row: z.object({ shop_id: field.text(), rent: field.number() }),
  key: ["shop_id"],
  references: [],
  changes: 1,
};
const offers: SourceTable = { ...shops, source: "crm", name: "offers", protocol: "cdc" };
const sources = [shops, offers, ...eventTables];
const protocols = { census: "csv", crm: "cdc", clickstream: "event_log", platform: "postgres" } as const;

const hour = "2026-10-01T09";
const log: LogLines = new Map([
  [hour, Array.from({ length: 300 }, (_, offset) => logLine(hour, offset, { event_id: `E${offset}` }))],
]);

async function outside(crm?: string) {
  const lines = Array.from({ length: 300 }, (_, index) =>
    JSON.stringify({
      sequence: index + 1,
      table: "offers",
      operation: "insert",
      key: {},
      row: { shop_id: `S${index % 7}`, rent: index },
    }),
  );
  return {
    census: await writtenFolder({ "shops.csv": `rent,shop_id\n${"1,A\n2\n".repeat(150)}` }),
    crm:
      crm ??
      (await scriptedServer((_url, count) => ({ body: count === 1 ? `${lines.join("\n")}\n{"cut` : "" })))
        .url,
    clickstream: (await scriptedLog(log)).url,
  };
}

describe("the extract step", () => {
  it("accounts for every record of every source, and gives the same files again", async () => {
    const first = await runExtract(sources, await outside());
    expect(first.facts).toEqual([
      { label: "census: seen", value: 300, unit: "records" },
      { label: "census: landed", value: 150, unit: "records" },
      { label: "census: set aside", value: 150, unit: "records" },
      { label: "crm: seen", value: 301, unit: "records" },
      { label: "crm: landed", value: 300, unit: "records" },
      { label: "crm: set aside", value: 1, unit: "records" },
      { label: "clickstream: seen", value: 300, unit: "records" },
      { label: "clickstream: landed", value: 300, unit: "records" },
      { label: "clickstream: set aside", value: 0, unit: "records" },
    ]);
    expect(first.quarantine).toEqual([
      { table: "changes", reason: "broken_record", column: null, rows: 1 },
      { table: "shops", reason: "broken_record", column: null, rows: 150 },
    ]);
    expect(first.written.map(({ name, rows }) => [name, rows]).sort()).toEqual([
      ["census.shops.parquet", 150],
      ["clickstream.taps.parquet", 0],
      ["clickstream.visits.parquet", 300],
      ["crm.offers.parquet", 300],
      ["quarantine.parquet", 151],
    ]);
    const hashes = ({ written }: typeof first) =>
      written.map(({ name, sha256 }) => `${name} ${sha256}`).sort();
    expect(hashes(await runExtract(sources, await outside()))).toEqual(hashes(first));
  });

  it("stops all readers for the one that fails, and says which that was", async () => {
    // The log would be asked for ever.
    const endless = await scriptedLog(log, {
      onRecords: () => ({ status: 429, headers: { "retry-after": "50" } }),
    });
    const { url } = await scriptedServer(() => ({ status: 404 }));
    await expect(
      runExtract(sources, { ...(await outside(url)), clickstream: endless.url }),
    ).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE", details: { source: "crm" } });
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const { url } = await scriptedServer(() => {
      stop.abort(new Error("cancelled by a person"));
      return { status: 429, headers: { "retry-after": "50" } };
    });
    await expect(runExtract(sources, await outside(url), { signal: stop.signal })).rejects.toThrow(
      "cancelled by a person",
    );
  });

  it("tells no password of an address, to a person or in the log", async () => {
    const { url } = await scriptedServer(() => ({ status: 403 }));
    const named = url.replace("//", "//reader:s3cret-word@");
    const refusing = {
      census: named,
      crm: named,
      clickstream: named,
      platform: "postgres://reader:s3cret-word@127.0.0.1:1/app",
    };
    for (const source of Object.keys(refusing) as (keyof typeof refusing)[]) {
      const tables = [{ ...shops, source, name: "offers", protocol: protocols[source] }];
      const error = await runExtract(tables, { ...(await outside()), ...refusing }).catch(toAppError);
      expect(error, source).toMatchObject({ code: "SOURCE_UNAVAILABLE", details: { source } });
      expect(lineOfLog("error", "step failed", { error }, []), source).not.toContain("s3cret-word");
    }
  });

  it("asks for the address of a source that has none", async () => {
    await expect(runExtract(sources, { census: "x" })).rejects.toMatchObject({ code: "SETTINGS_INVALID" });
  });
});
