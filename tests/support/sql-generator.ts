import fc from "fast-check";

/** Each gives a column `id` and a column `label` under the alias `t`. */
const sources = fc.constantFrom(
  "(SELECT id, name AS label FROM customers) t",
  '(SELECT id, "the note" AS label FROM orders) AS t',
  "(SELECT c.id, c.name AS label FROM customers c LEFT JOIN orders o ON o.customer_id = c.id) t",
  "(SELECT o.id, c.name AS label FROM orders o, customers c WHERE o.customer_id = c.id) t",
  "(WITH customers AS (SELECT id, amount FROM orders) SELECT id, 'x' AS label FROM customers WHERE amount > 3) t",
);

/** Statements that both dialects have, over `customers` and `orders` as free-sql-mart.ts makes them. */
export const selects: fc.Arbitrary<string> = fc.letrec<
  Record<"number" | "text" | "condition" | "query", string>
>((tie) => ({
  number: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("t.id", 't."id"', "T.ID", "1", "42", "-7"),
    tie("number").map((a) => `abs(${a})`),
    fc.tuple(tie("number"), tie("number")).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie("number"), tie("number")).map(([a, b]) => `coalesce(${a}, ${b})`),
    fc
      .tuple(tie("condition"), tie("number"), tie("number"))
      .map(([c, a, b]) => `CASE WHEN ${c} THEN ${a} ELSE ${b} END`),
    tie("text").map((a) => `length(${a})`),
    fc.constant("(SELECT max(id) FROM orders)"),
  ),
  text: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("t.label", "'it''s'", "'; DROP TABLE x --'", "'Zürich 東京'", "'/* no comment */'"),
    tie("text").map((a) => `upper(${a})`),
    fc.tuple(tie("text"), tie("text")).map(([a, b]) => `concat(${a}, ${b})`),
    fc.tuple(tie("text"), tie("text")).map(([a, b]) => `(${a} || ${b})`),
  ),
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("t.label LIKE 'b%'", "t.label IS NOT NULL", "t.id IN (1, 2, 3)"),
    fc.tuple(tie("number"), tie("number")).map(([a, b]) => `${a} > ${b}`),
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a} AND NOT (${b}))`),
    tie("number").map((a) => `${a} IN (SELECT customer_id FROM orders)`),
    fc.constant("EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = t.id)"),
  ),
  query: fc.oneof(
    fc
      .tuple(sources, tie("number"), tie("text"), tie("condition"))
      .map(([from, a, b, c]) => `SELECT ${a} AS a, ${b} AS b, t.id FROM ${from} WHERE ${c}`),
    fc
      .tuple(sources, tie("number"), tie("condition"))
      .map(
        ([from, a, c]) =>
          `SELECT t.label, count(*) AS n, sum(${a}) AS s FROM ${from} GROUP BY t.label HAVING count(*) > 0 AND max(CASE WHEN ${c} THEN 1 ELSE 0 END) >= 0`,
      ),
    fc
      .tuple(sources, tie("number"))
      .map(
        ([from, a]) =>
          `SELECT t.id, row_number() OVER (PARTITION BY t.label ORDER BY ${a}, t.id) AS r FROM ${from} QUALIFY row_number() OVER (ORDER BY t.id) <= 5`,
      ),
    fc
      .tuple(sources, tie("number"), tie("condition"))
      .map(
        ([from, a, c]) =>
          `WITH w AS (SELECT ${a} AS x, t.id FROM ${from}), t AS (SELECT id, name AS label FROM customers) SELECT w.x, t.label FROM w JOIN t ON w.id = t.id WHERE ${c}`,
      ),
    fc
      .tuple(sources, sources, tie("number"))
      .map(([one, other, a]) => `SELECT ${a} AS a FROM ${one} UNION ALL SELECT t.id FROM ${other}`),
  ),
})).query;
