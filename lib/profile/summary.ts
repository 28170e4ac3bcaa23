import type { DraftTable, MartDraft } from "./draft";

/** The draft in a page of text: tables, keys, references, times, warnings. */
export function summariseDraft(draft: MartDraft): string {
  const lines = [`${draft.title} (${draft.name}), stamp ${draft.stamp}, data up to ${draft.asOf}`, ""];
  for (const table of draft.tables) lines.push(...tableLines(table), "");
  if (draft.references.length > 0) {
    lines.push("References, by the share of different values and of rows that are found");
    for (const { from, to, values, rows } of draft.references) {
      lines.push(`  ${from} → ${to}   ${percent(values)} of values, ${percent(rows)} of rows`);
    }
    lines.push("");
  }
  if (draft.warnings.length > 0) {
    lines.push("To look at", ...draft.warnings.map((warning) => `  ${warning}`), "");
  }
  return lines.join("\n");
}

function tableLines(table: DraftTable): string[] {
  const { seen } = table;
  const rows = seen ? `${seen.rows.toLocaleString("en")} rows` : "";
  const refused = seen?.refused ? `, ${seen.refused.toLocaleString("en")} refused` : "";
  const keys = table.keys.map(({ kind, entity, role, columns }) =>
    kind === "foreign"
      ? `${columns.join(", ")} → ${entity}${role ? ` (as ${role})` : ""}`
      : `${kind} key (${columns.join(", ")})`,
  );
  const time = table.eventTime ? [`event time ${table.eventTime}`] : [];
  const expiry = table.ttlSeconds ? [`a row holds for ${duration(table.ttlSeconds)}`] : [];
  const written = table.createdTime ? [`written at ${table.createdTime}`] : [];
  const types = new Map<string, string[]>();
  for (const { name, type } of table.columns) types.set(type, [...(types.get(type) ?? []), name]);
  const tokens = [...new Set(table.columns.flatMap(({ nullTokens }) => nullTokens))];
  const personal = table.columns.filter(({ pii }) => pii).map(({ name }) => name);
  return [
    `${table.name}   ${rows}${refused}   ${table.kind === "entity" ? `one ${table.entity} each` : `features of ${table.entity}`}`,
    `  grain  ${table.grain.join(", ") || "none"}`,
    ...(keys.length > 0 ? [`  keys   ${keys.join("; ")}`] : []),
    ...(time.length > 0 ? [`  time   ${[...time, ...expiry, ...written].join(", ")}`] : []),
    ...(table.derived ?? []).map(({ name, column }) => `  computed   ${name}: years since ${column}`),
    ...[...types].map(([type, names]) => `  ${type.padEnd(10)} ${shortened(names)}`),
    ...(tokens.length > 0 ? [`  no value: ${tokens.map((token) => JSON.stringify(token)).join(", ")}`] : []),
    ...(personal.length > 0 ? [`  personal data: ${shortened(personal)}`] : []),
  ];
}

function shortened(names: string[]): string {
  return names.length > 12
    ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more`
    : names.join(", ");
}

function percent(share: number): string {
  const text = (share * 100).toFixed(1);
  return `${text.endsWith(".0") ? text.slice(0, -2) : text} %`;
}

function duration(seconds: number): string {
  for (const [size, name] of [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${name}`;
  }
  return `${seconds} s`;
}
