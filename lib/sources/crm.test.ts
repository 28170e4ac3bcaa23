import { describe, expect, it } from "vitest";
import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { runExtract } from "@/tests/support/run-extract";
import { scriptedServer } from "@/tests/support/scripted-server";

const notes: SourceTable = {
  source: "crm",
  name: "notes",
  protocol: "cdc",
  description: "Notes.",
  row: z.object({ note_id: field.text(), words: field.text(), score: field.number() }),
  key: ["note_id"],
  references: [],
  changes: 1,
};
const noteDays: SourceTable = { ...notes, name: "note_days", protocol: "rest" };

const change = (
  sequence: number,
  operation: string,
  row: unknown,
  key: unknown = { note_id: `N${sequence}` },
) => JSON.stringify({ sequence, table: "notes", operation, key, row, changed_at: "2026-10-01T00:00:00Z" });

describe("reading a change feed", () => {
  it("lands every change in its order, deletions by their key", async () => {
    const lines = [
      change(2, "insert", { note_id: "N1", words: "a", score: 1.5 }, { note_id: "N1" }),
      change(5, "update", { note_id: "N1", words: { b: ["ü"] }, score: "high" }, { note_id: "N1" }),
      change(7, "delete", null, { note_id: "N1" }),
    ];
    const { url, asked } = await scriptedServer((_url, count) => ({
      body: count === 1 ? lines.join("\n") : "",
    }));
    const window = { start: "2026-10-01T00:00:00Z", end: "2026-11-01T00:00:00Z" };
    const { tables, facts } = await runExtract([notes], { crm: url }, window);
    expect(tables.notes).toEqual([
      { note_id: "N1", words: "a", score: "1.5", _position: "change 2", _sequence: 2, _operation: "upsert" },
      {
        note_id: "N1",
        words: '{"b":["ü"]}',
        score: "high",
        _position: "change 5",
        _sequence: 5,
        _operation: "upsert",
      },
      { note_id: "N1", words: null, score: null, _position: "change 7", _sequence: 7, _operation: "delete" },
    ]);
    expect(facts.map(({ value }) => value)).toEqual([3, 3, 0]);
    expect(asked[1]).toContain("after=7");
    const query = new URL(asked[0] ?? "", url).searchParams;
    expect(Object.fromEntries(query)).toMatchObject({
      after: "0",
      ...{ from: window.start, to: window.end },
    });
  });

  it("sets aside what cannot be read and keeps numbers and letters that JavaScript would change", async () => {
    const good = (sequence: number, text: string) =>
      change(sequence, "insert", {}).replace('"row":{}', `"row":${text}`);
    const lines: (string | Buffer)[] = [
      good(1, '{"note_id":"A","words":"1e309 \\u0000 12345678901234567890","score":1e309}'),
      good(2, '{"note_id":"B","words":12345678901234567890,"score":-0.1,"score":7}'),
      good(3, '{"note_id":"C","words":"\\ud83d","score":1}'),
      Buffer.concat([Buffer.from('{"sequence":4,"x":"'), Buffer.from([0xff]), Buffer.from('"}')]),
      '{"sequence":5,"table":"notes","operation":"ins',
      "[6]",
      change(7, "merge", {}),
      change(8, "insert", ["no object"]),
      change(9, "update", { note_id: "D", words: "x".repeat(10 * 1024 * 1024) }, { note_id: "D" }),
      change(10, "insert", { note_id: "E" }).replace('"notes"', '"invoices"'),
      change(11, "insert", { note_id: "F", words: "last" }),
    ];
    const body = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\r\n")])));
    const { url } = await scriptedServer((_url, count) => ({ body: count === 1 ? body : "" }));
    const { tables, setAside, facts } = await runExtract([notes], { crm: url });
    expect(tables.notes?.map(({ note_id, words, score }) => [note_id, words, score])).toEqual([
      ["A", "1e309 \0 12345678901234567890", "1e309"],
      ["B", "12345678901234567890", "7"],
      ["F", "last", null],
    ]);
    expect(setAside.map((row) => [row.table, row.reason, row.column, row.key, row.position])).toEqual([
      ["changes", "broken_encoding", null, null, "change 4"],
      ["changes", "broken_record", null, null, "change 5"],
      ["changes", "broken_record", null, null, "change 6"],
      ["changes", "broken_record", null, null, "change 7"],
      ["changes", "broken_record", null, null, "change 8"],
      ["notes", "broken_encoding", "words", "C", "change 3"],
      ["notes", "cell_too_large", "words", "D", "change 9"],
    ]);
    expect(facts.map(({ label, value }) => [label.replace("crm: ", ""), value])).toEqual([
      ["seen", 10],
      ["landed", 3],
      ["set aside", 7],
      ["of tables that the mart does not read", 1],
    ]);
  });

  /** A feed of these changes by their numbers, which are not in all of the lines; at most `cap` at once. */
  function served(feed: [number, string][], cap = 10_000) {
    return scriptedServer((at) => {
      const ask = (name: string) => Number(at.searchParams.get(name));
      const found = feed.filter(([sequence]) => sequence > ask("after"));
      return {
        body: found
          .slice(0, Math.min(cap, ask("limit")))
          .map(([, line]) => `${line}\n`)
          .join(""),
      };
    });
  }
  const good = (sequence: number): [number, string] => [
    sequence,
    change(sequence, "insert", { note_id: `N${sequence}` }),
  ];
  const cut = (sequence: number): [number, string] => [sequence, `{"sequence":${sequence},"table":"no`];
  const mute = (sequence: number): [number, string] => [sequence, '{"cut'];

  it.each([
    ["one at the end", [good(5), cut(55)], 3],
    ["one at the end, far on", [good(5), cut(100_005)], 3],
    ["some at the beginning", [cut(5), cut(70), good(71), good(90)], 2],
    ["one at the end that tells no number", [good(5), mute(55)], 4],
    [
      "some that tell no number, where numbers have no gaps",
      [mute(1), mute(2), good(3), mute(4), mute(5)],
      4,
    ],
    [
      "some that tell no number among others",
      [good(5), mute(70), mute(80), good(90), mute(190), mute(191)],
      4,
    ],
    ["one that tells a number in another place", [good(5), [6, '{"row":{"sequence":900,"x'], good(7)], 4],
    ["one that tells a number that cannot be", [good(5), [6, '{"sequence":4,"table"'], good(7)], 4],
    ["one that is cut within its number", [good(5), [678, '{"sequence":6'], good(679)], 4],
  ] satisfies [string, [number, string][], number][])(
    "sets each broken line aside once, whatever the pages: %s",
    async (_title, feed, requests) => {
      const isGood = (line: string) => line.endsWith("}");
      const expected = feed.filter(([, line]) => isGood(line)).map(([sequence]) => sequence);
      for (const cap of [10_000, 3, 4]) {
        const { url, asked } = await served(feed, cap);
        const { tables, setAside, facts } = await runExtract([notes], { crm: url });
        expect(tables.notes?.map(({ _sequence }) => Number(_sequence))).toEqual(expected);
        expect(setAside).toHaveLength(feed.length - expected.length);
        expect(facts[0]?.value).toBe(feed.length);
        for (const [sequence] of feed.filter(([number, line]) => line === cut(number)[1])) {
          expect(setAside.map(({ position }) => position)).toContain(`change ${sequence}`);
        }
        if (cap === 10_000) expect(asked.length).toBeLessThanOrEqual(requests);
      }
    },
  );

  it("goes on after a line without a number that is alone on its page", async () => {
    const { url } = await served([good(1), mute(2), good(3), mute(4), good(5), mute(6)], 1);
    const { tables, setAside } = await runExtract([notes], { crm: url });
    expect(tables.notes?.map(({ _sequence }) => Number(_sequence))).toEqual([1, 3, 5]);
    expect(setAside.map(({ position }) => position)).toEqual(["change 2", "change 4", "change 6"]);
  });

  it("asks for page after page, also where one ends with broken lines", async () => {
    const feed = Array.from({ length: 12_000 }, (_, index) =>
      index === 4998 || index === 4999 ? mute(2 * index) : good(2 * index + 1),
    );
    const { url, asked } = await served(feed);
    const { facts, setAside } = await runExtract([notes], { crm: url });
    expect(asked).toHaveLength(4);
    expect(setAside).toMatchObject([{ reason: "broken_record", found: '{"cut' }, { found: '{"cut' }]);
    expect(facts.map(({ value }) => value)).toEqual([12_000, 11_998, 2]);
  });

  it("hides what was found of a line that cannot be read where any table has personal columns", async () => {
    const contacts = {
      ...notes,
      name: "contacts",
      row: z.object({ note_id: field.text(), phone: field.text() }),
    };
    const feed = [[1, '{"sequence":1,"table":"contacts","row":{"phone":"+91-9'], cut(2)] as [
      number,
      string,
    ][];
    const { url } = await served(feed);
    const { setAside } = await runExtract([notes, contacts], { crm: url });
    expect(setAside.map(({ found, position }) => [found, position])).toEqual([
      [null, "change 1"],
      [null, "change 2"],
    ]);
    expect((await runExtract([notes], { crm: url })).setAside).toMatchObject([
      { found: feed[0]?.[1] },
      { found: feed[1]?.[1] },
    ]);
  });

  it("hides what was found in a column that is not declared where the table has personal ones", async () => {
    const contacts = {
      ...notes,
      name: "contacts",
      row: z.object({ note_id: field.text(), phone: field.text() }),
    };
    const huge = "7".repeat(2 * 1024 * 1024);
    const rows = [{ words: huge }, { phone: huge }, { other: huge }, { note_id: huge }];
    const feed = rows.flatMap((row, index) =>
      ["notes", "contacts"].map((table, second): [number, string] => {
        const sequence = 2 * index + second + 1;
        return [sequence, change(sequence, "insert", row).replace('"table":"notes"', `"table":"${table}"`)];
      }),
    );
    const { url } = await served(feed);
    const { setAside } = await runExtract([notes, contacts], { crm: url });
    expect(
      setAside.filter(({ found }) => found !== null).map(({ table, column }) => [table, column]),
    ).toEqual([
      ["contacts", "note_id"],
      ["notes", "words"],
      ["notes", "phone"],
      ["notes", "other"],
      ["notes", "note_id"],
    ]);
    expect(setAside).toHaveLength(8);
  });
});

it.each([
  ["a feed without numbers", '{"id":1}\n'.repeat(4000), "4000 changes in a row without a sequence number"],
  [
    "a feed that always begins anew",
    `${change(1, "insert", {})}\n`,
    "changes up to 1 where it was asked for",
  ],
])("does not read %s for ever", async (_title, body, message) => {
  const { url, asked } = await scriptedServer(() => ({ body }));
  await expect(runExtract([notes], { crm: url })).rejects.toMatchObject({
    code: "SOURCE_CHANGED",
    message: expect.stringContaining(message),
  });
  expect(asked.length).toBeLessThanOrEqual(2);
});

describe("reading a paged REST interface", () => {
  const page = (rows: string[], next: string | null) =>
    `{"rows":[${rows.join(",")}],"next":${JSON.stringify(next)}}`;

  it("follows the cursor through failures and lands rows in the order they came", async () => {
    const { url, asked } = await scriptedServer((at, count) => {
      if (count === 2) return { status: 429, headers: { "retry-after": "0.05" } };
      const cursor = at.searchParams.get("cursor");
      if (cursor === null) return { body: page(['{"note_id":"A","score":1e309}', "7"], "n+1=") };
      expect(cursor).toBe("n+1=");
      const broken = Buffer.from(
        page(['{"note_id":"C","words":"\u00e9?"}', '{"note_id":"B","score":2.50}'], null),
      );
      broken[broken.indexOf("?")] = 0xff;
      return { body: broken, isDropped: count === 3 };
    });
    const { tables, setAside } = await runExtract([noteDays], { crm: url });
    expect(asked).toHaveLength(4);
    expect(asked[0]).toMatch(/^\/note-days\?from=1970-01-01T00%3A00%3A00Z&to=2026-11-01T00%3A00%3A00Z$/);
    expect(tables.note_days).toMatchObject([
      { note_id: "A", score: "1e309", _position: "note_days 1", _sequence: 1 },
      { note_id: "B", words: null, score: "2.5", _position: "note_days 4", _sequence: 4 },
    ]);
    expect(setAside).toMatchObject([
      { table: "note_days", reason: "broken_record", found: "7", position: "note_days 2" },
      { table: "note_days", reason: "broken_encoding", position: "note_days 3" },
    ]);
  });

  it.each([
    ["something that is no page", "<html>", "something else than"],
    ["a page without rows", '{"items":[]}', "something else than"],
    ["a page that is followed by what is no cursor", '{"rows":[],"next":2}', "something else than"],
    ["the same cursor for ever", page([], "again"), "the same cursor for two pages"],
  ])("refuses %s", async (_title, body, message) => {
    const { url } = await scriptedServer(() => ({ body }));
    await expect(runExtract([noteDays], { crm: url })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringContaining(message),
    });
  });
});
