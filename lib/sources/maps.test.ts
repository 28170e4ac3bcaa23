import { describe, expect, it } from "vitest";
import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { runExtract } from "@/tests/support/run-extract";
import { scriptedServer } from "@/tests/support/scripted-server";
import { writtenFolder } from "@/tests/support/written-folder";

const areas: SourceTable = {
  source: "census",
  name: "areas",
  protocol: "csv",
  description: "Areas.",
  row: z.object({ area_id: field.text() }),
  key: ["area_id"],
  references: [],
  changes: 1,
};
const pois: SourceTable = {
  ...areas,
  source: "maps",
  name: "pois",
  protocol: "maps",
  row: z.object({
    poi_id: field.text(),
    area_id: field.text(),
    opened_on: field.date(),
    shape: field.text(),
  }),
  key: ["poi_id"],
  references: [{ column: "area_id", table: "areas" }],
  createdAt: "opened_on",
};
const places: SourceTable = { ...pois, name: "area_places", key: ["area_id"], createdAt: undefined };

const areaIds = Array.from({ length: 120 }, (_, index) => `A${String(index).padStart(3, "0")}`);

/** A hundred and twenty areas, one of them twice and one without a name. */
const census = () =>
  writtenFolder({ "areas.csv": `area_id,x\n${[...areaIds].reverse().join(",\n")},\nA000,\n,1\n` });

const answer = (url: URL) => {
  const rows = (url.searchParams.get("area_id") ?? "").split(",").map((area_id) => ({
    poi_id: `${url.pathname}-${area_id}`,
    area_id,
    opened_on: area_id === "A001" ? "2026-11-01" : "2020-05-05",
    shape: { type: "Polygon", coordinates: [[77.12345678901235, 1.5]] },
  }));
  return { body: JSON.stringify({ rows }) };
};

describe("reading a maps interface", () => {
  it("asks about every area of the census, several at once", async () => {
    const { url, asked } = await scriptedServer((at) => answer(at));
    const { tables, facts } = await runExtract([areas, pois, places], {
      census: await census(),
      maps: `${url}/v1`,
    });
    expect(asked.map((path) => path.split("?")[0])).toEqual([
      ...Array(3).fill("/v1/pois"),
      ...Array(3).fill("/v1/geocode"),
    ]);
    expect(asked[0]).toContain(`area_id=${areaIds.slice(0, 50).join("%2C")}`);
    expect(tables.area_places?.map(({ area_id }) => area_id)).toEqual(areaIds);
    expect(tables.area_places?.[0]?.shape).toBe('{"type":"Polygon","coordinates":[[77.12345678901235,1.5]]}');
    expect(tables.pois).toHaveLength(119);
    expect(facts).toContainEqual({ label: "maps: from END on, not read", value: 1, unit: "records" });
  });

  it("goes on from the answers it has when the quota was used up, and asks for none twice", async () => {
    const cacheDirectory = await writtenFolder();
    let quota = 4;
    const renews = new Date(Date.now() + 86_400_000).toISOString();
    const { url, asked } = await scriptedServer((at) => {
      quota -= 1;
      return { ...answer(at), headers: { "x-quota-remaining": String(quota), "x-quota-reset": renews } };
    });
    const folder = await census();
    const run = (end?: string) =>
      runExtract([areas, pois, places], { census: folder, maps: url }, { cacheDirectory, end });
    await expect(run()).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringMatching(`maps takes no more requests until ${renews.slice(0, 15)}.*cached`),
    });
    expect(asked).toHaveLength(4);
    quota = 100;
    const resumed = await run();
    expect(asked).toHaveLength(6);
    expect(new Set(asked).size).toBe(6);
    const again = await run();
    expect(asked).toHaveLength(6);
    expect(again.tables).toEqual(resumed.tables);
    expect(again.written.map(({ sha256 }) => sha256)).toEqual(resumed.written.map(({ sha256 }) => sha256));
    // What opened since then is known to a later stamp.
    expect((await run("2026-12-01T00:00:00Z")).tables.pois).toHaveLength(120);
    expect(asked).toHaveLength(12);
  });

  it("reads every page of an answer, each counted, and keeps them as one", async () => {
    const cacheDirectory = await writtenFolder();
    const folder = await census();
    let cutAt = 5;
    const { url, asked } = await scriptedServer((at, count) => {
      if (count === cutAt) return { status: 404 };
      const { rows } = JSON.parse(answer(at).body);
      const from = Number(at.searchParams.get("cursor") ?? 0);
      const next = from + 20 < rows.length ? String(from + 20) : null;
      return {
        body: `{"rows":\n${JSON.stringify(rows.slice(from, from + 20))},"next":${JSON.stringify(next)}}`,
      };
    });
    const run = () => runExtract([areas, places], { census: folder, maps: url }, { cacheDirectory });
    await expect(run()).rejects.toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    cutAt = 0;
    // The first request was kept whole; of the second, whose second page was refused, nothing.
    expect((await run()).tables.area_places?.map(({ area_id }) => area_id)).toEqual(areaIds);
    const cursors = asked.map((path) => new URL(path, url).searchParams.get("cursor"));
    expect(cursors).toEqual([null, "20", "40", null, "20", null, "20", "40", null]);
    expect((await run()).tables.area_places).toHaveLength(120);
    expect(asked).toHaveLength(9);
  });

  it("keeps what of an answer cannot be read as it was found", async () => {
    const cacheDirectory = await writtenFolder();
    const folder = await writtenFolder({ "areas.csv": "area_id\nA\n" });
    const body = Buffer.from(
      '{"rows":[{"area_id":"A","shape":1e309},7,{"area_id":"B?"},{"area_id":"\\ud83d"}]}',
    );
    body[body.indexOf("?")] = 0xff;
    const { url, asked } = await scriptedServer(() => ({ body }));
    const run = () => runExtract([areas, places], { census: folder, maps: url }, { cacheDirectory });
    const [first, again] = [await run(), await run()];
    expect(asked).toHaveLength(1);
    expect(first.tables.area_places).toMatchObject([{ area_id: "A", shape: "1e309" }]);
    expect(first.setAside.map(({ reason, position }) => [reason, position])).toEqual([
      ["broken_record", "area_places 2"],
      ["broken_encoding", "area_places 3"],
      ["broken_encoding", "area_places 4"],
    ]);
    expect(again.setAside).toEqual(first.setAside);
    expect(again.tables).toEqual(first.tables);
  });

  it("keeps no answer that is none", async () => {
    const cacheDirectory = await writtenFolder();
    const folder = await census();
    const { url } = await scriptedServer((at, count) => (count === 1 ? { body: "<html>" } : answer(at)));
    const run = () => runExtract([areas, places], { census: folder, maps: url }, { cacheDirectory });
    await expect(run()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect((await run()).tables.area_places).toHaveLength(120);
  });
});
