/** What a statement begins with, also one that the guard will refuse with a reason. */
const verbs =
  /^(\(|--|\/\*|;|(select|with|from|values|table|explain|describe|desc|show|summarize|insert|update|delete|merge|truncate|drop|create|alter|attach|detach|use|set|reset|pragma|copy|export|import|install|load|call|execute|prepare|begin|commit|rollback|grant|revoke|vacuum|checkpoint|analyze|pivot|unpivot|put|get|list|remove|undrop)\b)/i;
const fence = /^```(?:[a-z]*[ \t]*\r?\n|sql\b)?([\s\S]*?)\r?\n?```$/i;

/**
 * The statement in a message that is SQL as a person types it: `sql SELECT …`, `/sql …`, a fenced block marked `sql`. Empty
 * where `sql` stands alone; null where the message is words: "sql features of sellers".
 */
export function typedSql(message: string): string | null {
  const text = message.trim();
  if (/^```sql\b/i.test(text) && fence.test(text)) return unfenced(text);
  const [prefix = null] = /^\/?sql\b[ \t]*:?/i.exec(text) ?? [];
  if (prefix === null) return null;
  const statement = unfenced(text.slice(prefix.length).trim());
  return statement === "" || prefix.startsWith("/") || verbs.test(statement) ? statement : null;
}

/** SQL without the word before it: most likely meant to be run. */
export function looksLikeSql(message: string): boolean {
  return /^\s*(select\b[\s\S]*\bfrom\b|with\s+\S+\s+as\s*\()/i.test(message);
}

function unfenced(text: string): string {
  return (fence.exec(text)?.[1] ?? text).trim();
}
