import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { runExtract } from "@/tests/support/run-extract";
import { scriptedServer } from "@/tests/support/scripted-server";
import { writtenFolder } from "@/tests/support/written-folder";

const cities: SourceTable = {
  source: "census",
  name: "cities",
  protocol: "csv",
  description: "Cities.",
  row: z.object({ city_id: field.text(), people: field.integer(), seen_on: field.date() }),
  key: ["city_id"],
  references: [],
  createdAt: "seen_on",
  changes: 1,
};

const header = "city_id,people,seen_on\n";

describe("reading CSV", () => {
  it("lands every cell as text as it was found, with its line", async () => {
    const folder = await writtenFolder({
      "cities.csv": `\uFEFFpeople,city_id,note,seen_on\r\n 1e309 ,"P""N, E","two\nlines",2026-02-30\r\n,M,,soon\n`,
    });
    for (const census of [folder, pathToFileURL(folder).href]) {
      const { tables, setAside, lines, facts } = await runExtract([cities], { census });
      expect(tables.cities).toEqual([
        {
          city_id: 'P"N, E',
          people: " 1e309 ",
          seen_on: "2026-02-30",
          _position: "cities.csv:2",
          _sequence: 2,
          _operation: "upsert",
        },
        {
          city_id: "M",
          people: null,
          seen_on: "soon",
          _position: "cities.csv:4",
          _sequence: 4,
          _operation: "upsert",
        },
      ]);
      expect(setAside).toEqual([]);
      expect(lines.join()).toContain("declares no such columns: note");
      expect(facts).toContainEqual({ label: "census: landed", value: 2, unit: "records" });
    }
  });

  it("sets aside what cannot be read and goes on after it, also over HTTP", async () => {
    const body = Buffer.concat([
      Buffer.from(`${header}A,1,2026-01-01\nB,1\nC,"1,2026-01-01\n`),
      Buffer.from([0x44, 0x2c, 0xe9, 0x2c, 0x0a]),
      Buffer.from(`E,${"9".repeat(10 * 1024 * 1024)},2026-01-01\nF,\u0007\0,2026-01-01\nG,1,2026-01-01`),
    ]);
    const { url, asked } = await scriptedServer((_url, count) =>
      count === 1 ? { body, isDropped: true } : { body },
    );
    const { tables, setAside, quarantine, facts } = await runExtract([cities], { census: `${url}/files/` });
    expect(asked).toEqual(["/files/cities.csv", "/files/cities.csv"]);
    expect(tables.cities?.map(({ city_id }) => city_id)).toEqual(["A", "G"]);
    const common = { source: "census", table: "cities", column: null, key: null };
    expect(setAside).toEqual([
      { ...common, reason: "broken_record", found: "B,1", position: "cities.csv:3" },
      { ...common, reason: "broken_record", found: 'C,"1,2026-01-01', position: "cities.csv:4" },
      { ...common, reason: "broken_encoding", found: "D,\uFFFD,", position: "cities.csv:5" },
      {
        ...common,
        reason: "cell_too_large",
        column: "people",
        key: "E",
        found: "9".repeat(200),
        position: "cities.csv:6",
      },
      { ...common, reason: "broken_record", found: "F,\uFFFD\uFFFD,2026-01-01", position: "cities.csv:7" },
    ]);
    expect(quarantine).toEqual([
      { table: "cities", reason: "broken_encoding", column: null, rows: 1 },
      { table: "cities", reason: "broken_record", column: null, rows: 3 },
      { table: "cities", reason: "cell_too_large", column: "people", rows: 1 },
    ]);
    expect(facts.map(({ value }) => value)).toEqual([7, 2, 5]);
  });

  it.each([
    ["", ""],
    ["quoted", '"'],
  ])(
    "sets a line aside that is longer than any record, %s and with a quote that never closes",
    async (_title, quote) => {
      const huge = "9".repeat(20 * 1024 * 1024);
      const body = `${header}A,1,2026-01-01\nB,${quote}${huge}${quote},2026-01-01\nC,1,2026-01-01\nD,"${huge}\nE,1,2026-01-01\n`;
      const { url } = await scriptedServer(() => ({ body }));
      for (const census of [await writtenFolder({ "cities.csv": body }), url]) {
        const { tables, setAside, quarantine, facts } = await runExtract([cities], { census });
        expect(tables.cities?.map(({ city_id }) => city_id)).toEqual(["A", "C", "E"]);
        expect(setAside.map(({ found, position }) => [found, position])).toEqual([
          [`B,${quote}${huge}`.slice(0, 200), "cities.csv:3"],
          [`D,"${huge}`.slice(0, 200), "cities.csv:5"],
        ]);
        expect(quarantine).toEqual([{ table: "cities", reason: "cell_too_large", column: null, rows: 2 }]);
        expect(facts.map(({ value }) => value)).toEqual([5, 3, 2]);
      }
    },
  );

  it("leaves rows from END on and lands those whose time nobody can tell", async () => {
    const dates = ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01", "2026-13-01", ""];
    const folder = await writtenFolder({
      "cities.csv": header + dates.map((date, index) => `${index},1,${date}\n`).join(""),
    });
    const window = { start: "2026-10-01T00:00:00Z", end: "2026-11-01T00:00:00Z" };
    const { tables, facts } = await runExtract([cities], { census: folder }, window);
    expect(tables.cities?.map(({ city_id }) => city_id)).toEqual(["0", "1", "2", "4", "5"]);
    expect(facts).toContainEqual({ label: "census: from END on, not read", value: 1, unit: "records" });
  });

  it.each([
    [
      "a column is missing",
      { "cities.csv": "city_id,folk\n1,2\n" },
      "SOURCE_CHANGED",
      "lacks the columns people, seen_on; it has city_id, folk",
    ],
    ["the file is empty", { "cities.csv": "" }, "SOURCE_CHANGED", "needs a header line"],
    [
      "the file is UTF-16",
      { "cities.csv": Buffer.from(header, "utf16le") },
      "SOURCE_CHANGED",
      "Save it as UTF-8",
    ],
    ["the file is not there", {}, "SOURCE_UNAVAILABLE", "the folder that SOURCE_CENSUS_URL names"],
  ])("says what to do where %s", async (_title, files, code, message) => {
    const census = await writtenFolder(files as Record<string, string>);
    await expect(runExtract([cities], { census })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});
