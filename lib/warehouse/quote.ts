/** Text as an SQL literal, in both dialects. */
export function quoteText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A column's or table's name as an SQL identifier, in both dialects. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
