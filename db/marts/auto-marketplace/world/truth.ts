import { z } from "zod";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { quoteText } from "@/lib/warehouse";

/**
 * What was known at `end` (ISO 8601) of a table of the world, as SQL: rows that came later are left out, what happened
 * later is masked. This is what extract and conform must make of the dirty sources.
 */
export function truthSql(table: SourceTable, end: string, schema = "world"): string {
  const at = `timestamp ${quoteText(end.replace(/Z$/, "").replace("T", " "))}`;
  const columns = Object.entries(table.row.shape).map(([name, column]) => {
    let value = name;
    for (const { time, unknown } of table.knownBy ?? []) {
      if (name in unknown)
        value = `case when ${time} >= ${at} then ${literal(unknown[name])} else ${value} end`;
    }
    return `(${value})::${engineType(column)} as ${name}`;
  });
  // The plan of a seller is the last that was chosen by then.
  const from =
    table.name === "sellers"
      ? `(select sellers.* replace (chosen.plan as plan) from ${schema}.sellers join (
          select seller_id, max_by(new_plan, changed_at) as plan from ${schema}.plan_changes where changed_at < ${at} group by seller_id
        ) as chosen using (seller_id))`
      : `${schema}.${table.name}`;
  const known = table.createdAt ? `where ${table.createdAt} < ${at}` : "";
  return `select ${columns.join(", ")} from ${from} ${known} order by ${table.key.join(", ")}`;
}

/**
 * The versions of sellers, by plan and by whether they still sell, from the truth about `sellers` and `plan_changes` at an END.
 * What is not versioned is as known at END.
 */
export function sellersHistorySql(sellersSql: string, planChangesSql: string): string {
  return `with known as (${sellersSql}), plans as (${planChangesSql}),
    moments as (
      select seller_id, changed_at as valid_from from plans
      union
      select seller_id, left_at from known where left_at is not null
    )
    select s.* replace (
        p.new_plan as plan,
        case when s.left_at > m.valid_from then 'active' else s.status end as status
      ),
      m.valid_from, lead(m.valid_from) over of_seller as valid_to, lead(m.valid_from) over of_seller is null as is_current
    from moments m join known s using (seller_id)
    asof join plans p on p.seller_id = m.seller_id and m.valid_from >= p.changed_at
    window of_seller as (partition by m.seller_id order by m.valid_from)
    order by seller_id, valid_from`;
}

/** The engine's type of a column. */
export function engineType(
  schema: z.core.$ZodType,
): "VARCHAR" | "BIGINT" | "DOUBLE" | "BOOLEAN" | "DATE" | "TIMESTAMP" {
  const inner = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  if (inner instanceof z.ZodBoolean) return "BOOLEAN";
  if (inner instanceof z.ZodISODate) return "DATE";
  if (inner instanceof z.ZodISODateTime) return "TIMESTAMP";
  if (inner instanceof z.ZodNumber) return inner.format === "safeint" ? "BIGINT" : "DOUBLE";
  return "VARCHAR";
}

function literal(value: unknown): string {
  return value === null ? "null" : typeof value === "string" ? quoteText(value) : String(value);
}
