import type { Registry } from "@/lib/registry";

/** The entity's own word, singular or plural by count: `1 seller`, `2 sellers`. */
export function entityWords(registry: Registry, entity: string, count: number): string {
  const info = registry.entities.find(({ name }) => name === entity);
  return count === 1 ? entity : (info?.plural ?? `${entity}s`);
}
