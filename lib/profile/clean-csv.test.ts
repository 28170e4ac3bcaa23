import { readFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { writtenFolder } from "@/tests/support/written-folder";
import { cleanCsv } from "./clean-csv";

async function clean(content: string | Uint8Array, name = "a.csv", maxBytes = 1e9) {
  const folder = await writtenFolder({ [name]: content });
  const output = path.join(folder, "clean");
  const result = await cleanCsv(path.join(folder, name), output, maxBytes);
  return { ...result, text: await readFile(output, "utf8") };
}

describe("cleanCsv", () => {
  it.each([
    ["commas", "a,b\n1,2\n", ","],
    ["semicolons, though the values hold commas", 'a;b\n"1,5";2\n', ";"],
    ["tabs", "a\tb\n1\t2\n", "\t"],
    ["bars", "a|b\n1|2\n", "|"],
    ["a delimiter that stands in a quoted name too", '"a,x,y";b\n1;2\n', ";"],
  ])("finds the delimiter: %s", async (_title, text, delimiter) => {
    const result = await clean(text);
    expect(result).toMatchObject({ delimiter, rows: 1, refused: 0 });
    expect(result.header).toHaveLength(2);
  });

  it("drops a byte order mark and understands every line ending", async () => {
    const result = await clean("\uFEFFid,b\r\n1,2\r3,4\n\n5,6");
    expect(result.header).toEqual(["id", "b"]);
    expect(result.text).toBe("1,2\n3,4\n5,6\n");
  });

  it("keeps line endings and quotes inside quoted values", async () => {
    const result = await clean('a,b\n"x\r\ny","say ""hi"""\n');
    expect(result).toMatchObject({ rows: 1, refused: 0, multiline: true });
    expect(result.text).toBe('"x\r\ny","say ""hi"""\n');
  });

  it("refuses broken rows, counts every one and says where the first stand", async () => {
    const broken = Buffer.concat([
      Buffer.from("a,b\n1,2\n1\n3,4\n1,2,3\n5,6\n7,8\n"),
      Buffer.from([0x78, 0x2c, 0xe9, 0x0a]),
      Buffer.from('"x"y,2\n9,\u0000\n'),
      Buffer.from("1,2\n".repeat(4)),
    ]);
    const result = await clean(broken);
    expect(result).toMatchObject({ rows: 8, refused: 5 });
    expect(result.refusals).toEqual([
      { line: 3, reason: "1 fields instead of 2" },
      { line: 5, reason: "3 fields instead of 2" },
      { line: 8, reason: "bytes that are not UTF-8" },
      { line: 9, reason: "text after a closing quote" },
      { line: 10, reason: "a NUL byte" },
    ]);
  });

  it.each([
    ["an empty file", "", "a.csv: the file is empty"],
    ["UTF-16", Buffer.from("\uFEFFa,b\n1,2\n", "utf16le"), "Save it as UTF-8"],
    [
      "a header in Latin-1",
      Buffer.from("größe,b\n1,2\n", "latin1"),
      "the header line has bytes that are not UTF-8",
    ],
    ["mostly broken rows", "a,b\n1\n2\n3,4\n", "2 of 3 rows are broken (line 2: 1 fields instead of 2)"],
    [
      "a quote that never closes",
      `a,b\n1,"${"x\n".repeat(600_000)}`,
      "rows are broken (line 2: a quote that is never closed)",
    ],
    ["a Parquet file under a wrong name", Buffer.from("PAR1...."), "Name it .parquet"],
  ])("says what is wrong with %s", async (_title, content, message) => {
    await expect(clean(content)).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(message),
    });
  });

  it("refuses the last row where its quote is never closed", async () => {
    const result = await clean('a,b\n1,2\n3,"x');
    expect(result).toMatchObject({ rows: 1, refused: 1 });
    expect(result.refusals[0]?.reason).toBe("a quote that is never closed");
  });

  it("unpacks .csv.gz, and stops where it grows too large", async () => {
    const packed = gzipSync(`a,b\n${"1,2\n".repeat(100_000)}`);
    expect(await clean(packed, "a.csv.gz")).toMatchObject({ rows: 100_000 });
    await expect(clean(packed, "a.csv.gz", 100_000)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(clean(packed.subarray(0, 50), "a.csv.gz")).rejects.toThrow("Is it damaged");
  });
});
