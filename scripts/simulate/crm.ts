import { quoteText } from "@/lib/warehouse";
import { markers } from "./dirt-specs";
import { jsonRow } from "./json-row";
import { messageThen, sourceTable } from "./served";
import { type Answer, moment, type Route, wholeNumber } from "./server";
import type { World } from "./world-query";

const daysPerPage = 50;

/**
 * `/changes?after=&limit=&from=&to=`: lines `{sequence, table, operation, key, row, changed_at}` in order of change.
 * `/campaign-days?cursor=&from=&to=`: pages `{rows, next}`; more than a few requests at once get 429 with Retry-After, and one
 * in seven a 503.
 */
export function crmRoute(world: World): Route {
  const admit = limiter({ burst: 8, perSecond: 20, brokenEvery: 7 });
  return (query, path) => {
    if (path === "/changes") return changes(world, query);
    if (path === "/campaign-days") return admit() ?? campaignDays(world, query);
    return { status: 404 };
  };
}

async function changes(world: World, query: URLSearchParams): Promise<Answer> {
  const from = moment(query, "from");
  const to = moment(query, "to");
  const conditions = [
    `sequence > ${wholeNumber(query, "after", 0)}`,
    ...(from ? [`changed_at >= timestamp ${quoteText(from)}`] : []),
    ...(to ? [`changed_at < timestamp ${quoteText(to)}`] : []),
  ];
  const page = `select * from served.changes where ${conditions.join(" and ")} order by sequence limit ${wholeNumber(query, "limit", 1000, 10_000)}`;
  // A message that was sent by mistake has a key that stands for nothing.
  const message = jsonRow(sourceTable("messages"), { ...messageThen, message_id: "k" });
  const campaign = jsonRow(sourceTable("campaigns"));
  const line = (
    row: string,
  ) => `'{"sequence":' || sequence || ',"table":"' || name || '","operation":"' || operation
    || '","key":{"' || name[:-2] || '_id":' || to_json(coalesce(row_text->>('$.' || name[:-2] || '_id'), k)) || '},"row":'
    || ${row} || ',"changed_at":"' || strftime(changed_at, '%Y-%m-%dT%H:%M:%SZ') || '"}'`;
  const { rows } = await world.query(`
    with page as (${page}),
    lines as (
      select sequence, ${line("row_text")} as line from page where row_text is not null
      union all select sequence, ${line("'null'")} from page where row_text is null and operation = 'delete'
      union all select sequence, ${line(message)} from page where row_text is null and operation <> 'delete' and name = 'messages'
      union all select p.sequence, ${line(campaign)} from (
        select page.sequence, page.changed_at, page.name, page.k, page.operation, page.row_text, c.*
        from page join world.campaigns c on c.campaign_id = page.k where name = 'campaigns' and row_text is null
      ) p
    )
    select string_agg(case when b.is_cut is null then line when b.is_cut then left(line, length(line) // 2)
      else left(line, length(line) // 2) || '${markers.brokenBytes}' || right(line, length(line) - length(line) // 2) end, chr(10) order by sequence)
    from lines left join served.broken_changes b using (sequence)`);
  return ndjson(rows[0]?.[0]);
}

async function campaignDays(world: World, query: URLSearchParams): Promise<Answer> {
  const after = Number(Buffer.from(query.get("cursor") ?? "", "base64url").toString() || 0);
  if (!Number.isSafeInteger(after))
    return { status: 400, body: '{"error":"this cursor was not given by us"}' };
  const from = moment(query, "from");
  const to = moment(query, "to");
  const { rows } = await world.query(`
    select position, row_text from served.campaign_days where position > ${after}
      ${from ? `and told_at >= timestamp ${quoteText(from)}` : ""} ${to ? `and told_at < timestamp ${quoteText(to)}` : ""}
    order by position limit ${daysPerPage + 1}`);
  const page = rows.slice(0, daysPerPage);
  const last = String(page.at(-1)?.[0]);
  const next = rows.length > page.length ? `"${Buffer.from(last).toString("base64url")}"` : "null";
  return { body: `{"rows":[${page.map(([, row]) => row).join(",")}],"next":${next}}` };
}

export function ndjson(lines: unknown): Answer {
  const body = typeof lines === "string" ? `${lines}\n` : "";
  return { headers: { "content-type": "application/x-ndjson" }, body };
}

/** A token bucket, and a service that fails at every so many requests. Null lets a request in. */
function limiter({
  burst,
  perSecond,
  brokenEvery,
}: {
  burst: number;
  perSecond: number;
  brokenEvery: number;
}) {
  let tokens = burst;
  let filledAt = Date.now();
  let requests = 0;
  return (): Answer | null => {
    const now = Date.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
    if (tokens < 1) return { status: 429, headers: { "retry-after": "1" } };
    tokens -= 1;
    requests += 1;
    return requests % brokenEvery === 0 ? { status: 503 } : null;
  };
}
