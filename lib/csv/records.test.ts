import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CsvRecordSplitter, fieldsOf } from "./index";

describe("CsvRecordSplitter", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", "\n", "\r", " ", "0") });

  it("gives the same records whatever the chunks", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 4 })
          .chain((width) =>
            fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
          ),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        (records, size, ending) => {
          const quoted = records.map((fields) =>
            fields.map((value) => `"${value.replaceAll('"', '""')}"`).join(","),
          );
          const bytes = Buffer.from(quoted.join(ending));
          const splitter = new CsvRecordSplitter(",");
          const found = [];
          for (let at = 0; at < bytes.length; at += size)
            found.push(...splitter.push(bytes.subarray(at, at + size)));
          found.push(...splitter.end());
          expect(found.map(({ problem }) => problem)).toEqual(records.map(() => null));
          expect(found.map((record) => fieldsOf(record.bytes.toString("utf8"), ","))).toEqual(records);
          expect(found.map(({ fields }) => fields)).toEqual(records.map(({ length }) => length));
        },
      ),
    );
  });

  /** Line, text and problem of every record, read in chunks of `size` bytes. */
  function split(text: string, size = text.length, longest?: number, onTooLong?: "refuse" | "pass") {
    const splitter = new CsvRecordSplitter(",", longest, onTooLong);
    const bytes = Buffer.from(text);
    const found = [];
    for (let at = 0; at < bytes.length; at += size)
      found.push(...splitter.push(bytes.subarray(at, at + size)));
    found.push(...splitter.end());
    return found.map(({ line, bytes: record, problem }) => [line, record.toString("utf8"), problem]);
  }

  const tooLong = "more bytes than a record may have";

  /** A record of a long line, as far as it does not depend on the chunks. */
  function shown([line, text, problem]: ReturnType<typeof split>[number]) {
    return [line, String(text).slice(0, 9), problem];
  }

  it.each([
    ["after which text follows its second quote", 'a,b\n1,"x\n2,"y"\n3,z\n', "text after a closing quote"],
    [
      "which swallows a delimiter",
      'a,b\n1,"x\n2,y"\n3,z\n'.replace('y"', '"y'),
      "text after a closing quote",
    ],
    ["with no other quote until the end", 'a,b\n1,"x\n2,y\n3,z', "a quote that is never closed"],
    ["with \\r\\n line endings", 'a,b\r\n1,"x\r\n2,y\r\n3,z\r\n', "a quote that is never closed"],
  ])("loses one line alone to a lost quote, %s", (_title, text, problem) => {
    const lines = text.split(/\r?\n/).filter((line) => line !== "");
    const expected = lines.map((line, index) => [index + 1, line, index === 1 ? problem : null]);
    for (let size = 1; size <= text.length; size++)
      expect(split(text, size)).toEqual(
        // The line that follows has the other quote, which may make it a broken one too.
        expected.map(([line, record, wrong]) => [
          line,
          record,
          record === '2,"y' ? "a quote that is never closed" : wrong,
        ]),
      );
  });

  it("sees a lost quote by the number of fields, also in the longest of files", () => {
    expect(split('a,b,c\n1,"x,2\n3,4",5,6\n7,8,9\n')).toEqual([
      [1, "a,b,c", null],
      [2, '1,"x,2', "4 fields instead of 3"],
      [3, '3,4",5,6', "4 fields instead of 3"],
      [4, "7,8,9", null],
    ]);
    const long = split(`a,b\n1,"x\n${"2,y\n".repeat(1000)}`, 7, 100);
    expect(long).toHaveLength(1002);
    expect(long.filter(([, , problem]) => problem !== null)).toEqual([
      [2, '1,"x', "a quote that is never closed"],
    ]);
    expect(long.at(-1)).toEqual([1002, "2,y", null]);
  });

  it("refuses a line that is longer than a record may be", () => {
    expect(() => split(`a,b\n1,${"x".repeat(200)}`, 10, 100)).toThrow("line 2 is longer than");
  });

  it.each([
    ["plain", `1,${"x".repeat(2000)}`, []],
    ["of a quoted field", `"1","${"x".repeat(2000)}"`, []],
    ["of a quote that never closes", `1,"${"x".repeat(2000)}`, []],
    ["after a line with a lost quote", `1,${"x".repeat(2000)}`, ['1,"x']],
    // What follows is read on its own, since nothing tells this from a quote that never closes.
    ["in a field that goes on after it", `"${"x".repeat(2000)}\ny",1`, []],
  ])("passes over a line that is too long where it is told to, %s", (_title, long, before) => {
    for (const ending of ["\n", "\r\n", "\r"]) {
      const lines = ["a,b", ...before, ...long.split("\n"), "", "2,y", '"3\n3",z'];
      const expected = lines
        .map((line, index) => [
          index + 1,
          line,
          line.length > 1000 ? tooLong : line === '1,"x' ? "a quote that is never closed" : null,
        ])
        .filter(([, line]) => line !== "");
      for (const size of [1, 7, 64, 101]) {
        expect(split(lines.join(ending), size, 100, "pass").map(shown)).toEqual(expected.map(shown));
      }
    }
  });

  it("does not take the beginning of a record that is too long for the whole of it", () => {
    expect(split(`a,b\n"1\n1",${"x".repeat(200)}\n2,y`, 10, 100, "pass").map(shown)).toEqual([
      [1, "a,b", null],
      [2, '"1', tooLong],
      [3, '1",xxxxxx', tooLong],
      [4, "2,y", null],
    ]);
  });

  it("holds no more of a line that is too long than a record may have", () => {
    const splitter = new CsvRecordSplitter(",", 1024 * 1024, "pass");
    const chunk = Buffer.alloc(1024 * 1024, "x");
    splitter.push(Buffer.from("a,b\n1,"));
    const before = process.memoryUsage().arrayBuffers;
    const found = Array.from({ length: 64 }, () => splitter.push(chunk)).flat();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
    expect(found).toHaveLength(1);
    expect([...splitter.push(Buffer.from("\n2,y")), ...splitter.end()]).toMatchObject([
      { line: 3, problem: null },
    ]);
  });
});
