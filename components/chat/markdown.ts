/** The little of Markdown that answers use: paragraphs, lists, bold, italic and inline code. Everything else is text. */

export interface Inline {
  style: "plain" | "bold" | "italic" | "code";
  text: string;
}

export type Block =
  | { kind: "paragraph"; lines: Inline[][] }
  | { kind: "list"; ordered: boolean; items: Inline[][] };

const bullet = /^\s*[-*•]\s+(.*)$/;
const numbered = /^\s*\d+[.)]\s+(.*)$/;

export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const line of text.split("\n")) {
    if (line.trim() === "") {
      open = null;
      continue;
    }
    open = addLine(blocks, open, line);
  }
  return blocks;
}

function addLine(blocks: Block[], open: Block | null, line: string): Block {
  const item = bullet.exec(line)?.[1] ?? numbered.exec(line)?.[1];
  if (item !== undefined) {
    const ordered = !bullet.test(line);
    const list: Block =
      open?.kind === "list" && open.ordered === ordered ? open : { kind: "list", ordered, items: [] };
    if (list !== open) blocks.push(list);
    list.items.push(parseInline(item));
    return list;
  }
  const paragraph: Block = open?.kind === "paragraph" ? open : { kind: "paragraph", lines: [] };
  if (paragraph !== open) blocks.push(paragraph);
  paragraph.lines.push(parseInline(line));
  return paragraph;
}

const marked = /`([^`]+)`|\*\*(\S(?:.*?\S)?)\*\*|\*(\S(?:[^*]*\S)?)\*/g;

export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of text.matchAll(marked)) {
    if (match.index > end) parts.push({ style: "plain", text: text.slice(end, match.index) });
    const [, code, bold, italic] = match;
    if (code !== undefined) parts.push({ style: "code", text: code });
    else if (bold !== undefined) parts.push({ style: "bold", text: bold });
    else if (italic !== undefined) parts.push({ style: "italic", text: italic });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ style: "plain", text: text.slice(end) });
  return parts;
}
