import type { Registry } from "@/lib/registry/types";

/** The id of the join path that a role names (`origin`), where the spine has several keys that lead to the table. */
export function pathOfRole(
  spineTable: string,
  table: string,
  role: string,
  registry: Registry,
): string | undefined {
  const from = registry.tables.find(({ name }) => name === spineTable);
  const to = registry.tables.find(({ name }) => name === table);
  const leading = (from?.keys ?? []).filter((key) => to?.keys.some((other) => other.entity === key.entity));
  return leading.length > 1
    ? leading.find((key) => key.role?.toLowerCase() === role.toLowerCase())?.role
    : undefined;
}
