import { quoteText } from "@/lib/warehouse";
import { ndjson } from "./crm";
import { jsonRow } from "./json-row";
import { sourceTable } from "./served";
import { type Answer, type Route, wholeNumber } from "./server";
import type { World } from "./world-query";

/**
 * An append-only log with a partition per hour of arrival (`2026-10-31T13`). `/partitions?from=&to=` gives
 * `{log, partitions: [{partition, next_offset}]}`; `/records?from=&offset=&to=&limit=` lines `{partition, offset, kind, …row}`
 * in order, from one partition into the next.
 */
export function clickstreamRoute(world: World, log: string): Route {
  return (query, path) => {
    if (path === "/partitions") return partitions(world, query, log);
    if (path === "/records") return records(world, query);
    return { status: 404 };
  };
}

async function partitions(world: World, query: URLSearchParams, log: string): Promise<Answer> {
  const { rows } = await world.query(`
    select string_agg('{"partition":"' || hour || '","next_offset":' || records || '}', ',' order by hour)
    from served.hours where ${between(query)}`);
  return { body: `{"log":${JSON.stringify(log)},"partitions":[${rows[0]?.[0] ?? ""}]}` };
}

async function records(world: World, query: URLSearchParams): Promise<Answer> {
  const { rows: found } = await world.query(`
    select min(first_position), max(first_position + records) from served.hours where ${between(query)}`);
  const [first, end] = (found[0] ?? []).map(Number);
  if (first === undefined || !end) return ndjson(null);
  const { rows: start } = await world.query(
    `select first_position, records from served.hours where hour = ${quoteText(query.get("from")?.slice(0, 13) ?? "")}`,
  );
  const [at, size] = (start[0] ?? []).map(Number);
  const from = at === undefined ? first : at + Math.min(wholeNumber(query, "offset", 0), size ?? 0);
  const to = Math.min(end, from + wholeNumber(query, "limit", 1000, 50_000));
  const line = (row: string) =>
    `'{"partition":"' || hour || '","offset":' || "offset" || ',"kind":"' || kind || '",' || substr(${row}, 2)`;
  const { rows } = await world.query(`
    with page as (
      select *, l.rowid as position, l.rowid - first_position as "offset"
      from served.log l join served.hours on hour = strftime(received_at, '%Y-%m-%dT%H')
      where l.rowid >= ${from} and l.rowid < ${to}
    )
    select string_agg(line, chr(10) order by position) from (
      select position, ${line("row_text")} as line from page where row_text is not null
      union all select position, ${line(jsonRow(sourceTable("sessions")))} from page where row_text is null and kind = 'session'
      union all select position, ${line(jsonRow(sourceTable("seller_actions")))} from page where row_text is null and kind = 'seller_action'
    )`);
  return ndjson(rows[0]?.[0]);
}

/** Hours from (inclusive) to (exclusive). */
function between(query: URLSearchParams): string {
  const bound = (name: string) => query.get(name)?.slice(0, 13);
  const [from, to] = [bound("from"), bound("to")];
  return [
    "true",
    ...(from ? [`hour >= ${quoteText(from)}`] : []),
    ...(to ? [`hour < ${quoteText(to)}`] : []),
  ].join(" and ");
}
