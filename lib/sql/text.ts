/** SQL as lines, one clause each, so that a person can read what will run. */
export interface Select {
  columns: string[];
  distinct?: boolean;
  from: string[];
  joins?: string[];
  where?: string[];
  groupBy?: string[];
  qualify?: string[];
  orderBy?: string[];
}

export interface Cte {
  name: string;
  comment: string[];
  body: string[];
}

const width = 110;

export function selectLines(select: Select): string[] {
  const clause = (word: string, items: string[] | undefined) =>
    items && items.length > 0 ? [word, ...indent(wrap(items))] : [];
  const conditions = (select.where ?? []).map(
    (condition, index) => `${index === 0 ? "WHERE" : "  AND"} ${condition}`,
  );
  return [
    select.distinct ? "SELECT DISTINCT" : "SELECT",
    ...indent(wrap(select.columns)),
    ...prefixed("FROM ", select.from),
    ...(select.joins ?? []),
    ...conditions,
    ...clause("GROUP BY", select.groupBy),
    ...prefixed("QUALIFY ", select.qualify ?? []),
    ...clause("ORDER BY", select.orderBy),
  ];
}

export function statement(ctes: Cte[], final: string[]): string {
  const parts = ctes.flatMap(({ name, comment, body }, index) => [
    ...comment.map((line) => `-- ${commentText(line)}`),
    `${name} AS (`,
    ...indent(body),
    index === ctes.length - 1 ? ")" : "),",
  ]);
  return [...(ctes.length > 0 ? ["WITH"] : []), ...parts, ...final].join("\n");
}

export function indent(lines: string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** Items with commas, as many to a line as fit. */
export function wrap(items: string[]): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index === items.length - 1 ? item : `${item},`;
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length + 1 <= width)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(text);
  }
  return lines;
}

/** A name from a hostile header must not end its comment. */
function commentText(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function prefixed(word: string, lines: string[]): string[] {
  return lines.map((line, index) => (index === 0 ? `${word}${line}` : line));
}
