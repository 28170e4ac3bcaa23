import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";

interface Block {
  /** As in `sql snowflake`: what stands behind the fence. */
  kind: string;
  text: string;
}

/** The fenced blocks of docs/production.md, in their order. */
export async function readDocument() {
  const text = await readFile("docs/production.md", "utf8");
  const blocks = [...text.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(
    ([, kind = "", content = ""]): Block => ({ kind, text: content.trim() }),
  );
  const of = (kind: string) => blocks.filter((block) => block.kind === kind).map((block) => block.text);
  return {
    text,
    kinds: new Set(blocks.map(({ kind }) => kind)),
    of,
    statements: (kind: string) => of(kind).flatMap(statementsOf),
    /** Every setting that stands in a block, with the value that it has there. */
    settings: parseEnv(of("sh settings").join("\n")) as Record<string, string>,
  };
}

export type ProductionDocument = Awaited<ReturnType<typeof readDocument>>;

function statementsOf(block: string): string[] {
  return block
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}
