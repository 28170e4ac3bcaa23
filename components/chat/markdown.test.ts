import { describe, expect, it } from "vitest";
import { parseInline, parseMarkdown } from "./markdown";

describe("parseMarkdown", () => {
  it("tells paragraphs from lists", () => {
    const blocks = parseMarkdown("Done:\n\n- one\n- **two**\n\n1. first\n2. second\nand on");
    expect(blocks.map((block) => block.kind)).toEqual(["paragraph", "list", "list", "paragraph"]);
    expect(blocks[1]).toMatchObject({
      ordered: false,
      items: [[{ text: "one" }], [{ style: "bold", text: "two" }]],
    });
    expect(blocks[2]).toMatchObject({ ordered: true });
  });

  it("keeps the lines of a paragraph", () => {
    expect(parseMarkdown("a\nb")).toMatchObject([
      { kind: "paragraph", lines: [[{ text: "a" }], [{ text: "b" }]] },
    ]);
  });

  it("is empty for empty text", () => expect(parseMarkdown(" \n\n")).toEqual([]));
});

describe("parseInline", () => {
  it("reads code, bold and italic, and code wins over what is inside it", () => {
    expect(parseInline("a `x ** y` **b c** *d*.")).toEqual([
      { style: "plain", text: "a " },
      { style: "code", text: "x ** y" },
      { style: "plain", text: " " },
      { style: "bold", text: "b c" },
      { style: "plain", text: " " },
      { style: "italic", text: "d" },
      { style: "plain", text: "." },
    ]);
  });

  it.each(["<b>not html</b>", "2 * 3 * 4", "**open", "a ` b", "[x](javascript:alert(1))"])(
    "leaves %s as it is",
    (text) => {
      expect(parseInline(text)).toEqual([{ style: "plain", text }]);
    },
  );
});
