import { z } from "zod";

/** A schema as JSON Schema, in the subset that strict structured output takes. */
export function strictJsonSchema(of: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(of);
  return strict(schema) as Record<string, unknown>;
}

/** Patterns and bounds are checked here in any case; not every server that speaks the protocol knows them. */
const unknownThere = new Set(["pattern", "format", "minimum", "maximum", "exclusiveMinimum"]);

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (node === null || typeof node !== "object") return node;
  const entries = Object.entries(node)
    .filter(([key]) => !unknownThere.has(key))
    .map(([key, value]) => [key === "oneOf" ? "anyOf" : key, strict(value)]);
  const object = Object.fromEntries(entries);
  // There every property has to be given; what may be left out may be null as well.
  return object.properties ? { ...object, required: Object.keys(object.properties) } : object;
}
