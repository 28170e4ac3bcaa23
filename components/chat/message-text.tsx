import { type Block, type Inline, parseMarkdown } from "./markdown";

/** An answer's words. Built from elements, never from HTML. */
export function MessageText({ text }: { text: string }) {
  const blocks = parseMarkdown(text);
  return (
    <div className="space-y-2.5 text-[0.9375rem] leading-[1.6] [overflow-wrap:anywhere]">
      {blocks.map((block, index) => (
        // Text only grows at its end, so a block's place is its name.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "list") {
    const List = block.ordered ? "ol" : "ul";
    return (
      <List className={`space-y-0.5 pl-5 ${block.ordered ? "list-decimal" : "list-disc"} marker:text-faint`}>
        {block.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <li key={index}>
            <Words words={item} />
          </li>
        ))}
      </List>
    );
  }
  return (
    <p>
      {block.lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <span key={index}>
          {index > 0 && <br />}
          <Words words={line} />
        </span>
      ))}
    </p>
  );
}

function Words({ words }: { words: Inline[] }) {
  return words.map(({ style, text }, index) => {
    const key = `${index}-${style}`;
    if (style === "bold") return <strong key={key}>{text}</strong>;
    if (style === "italic") return <em key={key}>{text}</em>;
    if (style === "plain") return <span key={key}>{text}</span>;
    return (
      <code key={key} className="rounded bg-hover px-1 py-px font-mono text-[0.8125em]">
        {text}
      </code>
    );
  });
}
