import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { DuckDbWriter } from "@/lib/warehouse";
import { makeDirt } from "./dirt";
import { markers } from "./dirt-specs";
import { jsonRow } from "./json-row";

/** Puts what the sources tell, right and wrong, into the order in which they tell it: tables in the schema `served`. */
export async function makeServed(
  world: DuckDbWriter,
  onProgress: (label: string) => void = () => {},
): Promise<void> {
  onProgress("dirt");
  await world.run("create schema served");
  await makeDirt(world);
  onProgress("change feed");
  await world.run(changesSql);
  onProgress("campaign days");
  await world.run(campaignDaysSql());
  onProgress("click stream");
  await world.run(logSql);
}

export function sourceTable(name: string): SourceTable {
  const table = sourceTables.find((known) => known.name === name);
  if (!table) throw new Error(`no source table ${name}`);
  return table;
}

/** What a message was known to be at a change: later happenings are not told yet. */
export const messageThen = Object.fromEntries(
  ["delivered_at", "opened_at", "clicked_at", "replied_at", "converted_at"]
    .map((name) => [name, `case when ${name} <= changed_at then ${name} end`])
    .concat([
      ["opted_out", "opted_out and delivered_at <= changed_at"],
      ["complained", "complained and delivered_at <= changed_at"],
      ["reply_words", "case when replied_at <= changed_at then reply_words end"],
    ]),
);

const changesSql = `
create table served.changes as
with told as (
  select 'campaigns' as name, campaign_id as k, created_at as changed_at, 0 as step, 'insert' as operation, null::bigint as dirt_no
  from world.campaigns
  union all select 'campaigns', campaign_id, starts_on::timestamp, 1, 'update', null from world.campaigns where starts_on < draw.ends()::date
  union all select 'messages', message_id, sent_at, 0, 'insert', null from world.messages
  union all select 'messages', message_id, delivered_at, 1, 'update', null from world.messages where delivered_at is not null
  union all select 'messages', message_id, opened_at, 4, 'update', null from world.messages where opened_at is not null
  union all select 'messages', message_id, clicked_at, 5, 'update', null from world.messages where clicked_at is not null
  union all select 'messages', message_id, replied_at, 6, 'update', null from world.messages where replied_at is not null
  union all select 'messages', message_id, converted_at, 7, 'update', null from world.messages where converted_at is not null
  -- Some are taken away and put back within the same moment.
  union all select 'messages', message_id, delivered_at, unnest([2, 3]), unnest(['delete', 'insert']), null
    from world.messages where delivered_at is not null and draw.u('redone', message_id) < 0.01
  -- Some were never meant to be sent.
  union all select 'messages', 'T-' || message_id, sent_at, unnest([0, 1]), unnest(['insert', 'delete']), null
    from world.messages where draw.u('mistaken', message_id) < 0.002
  union all select name, (row_text->>'$.message_id'), told_at, 0, 'insert', no from served.dirt where name = 'messages'
  union all select name, (row_text->>'$.campaign_id'), told_at, 0, 'insert', no from served.dirt where name = 'campaigns'
),
ordered as (
  select row_number() over (order by changed_at, name, k, step) as sequence, *,
    case when name = 'messages' and dirt_no is null then (case when k[1:2] = 'T-' then k[3:] else k end) end as message_key
  from told
)
select o.sequence, o.changed_at, o.name, o.k, o.operation, d.row_text, m.* exclude (message_id)
from ordered o
left join world.messages m on m.message_id = o.message_key
left join served.dirt d on d.no = o.dirt_no
order by o.sequence;
-- Two lines of each feed cannot be read: in place of a change that nothing hangs on.
create table served.broken_changes as
select sequence, changed_at as told_at, row_number() over (order by sequence) % 2 = 0 as is_cut
from (select sequence, changed_at from served.changes where name = 'campaigns' and operation = 'update' and row_text is null
  and changed_at < draw.ends() - interval 60 days order by sequence limit 4);
insert into served.dirt
select 90000000 + row_number() over (order by sequence), 'crm', 'changes', case when is_cut then 'broken_record' else 'broken_encoding' end, null, told_at, null
from served.broken_changes;`;

function campaignDaysSql(): string {
  const table = sourceTable("campaign_days");
  return `create table served.campaign_days as
    select row_number() over (order by told_at, row_text) as position, told_at, row_text
    from (
      select closed_at as told_at, ${jsonRow(table)} as row_text from world.campaign_days
      union all
      select told_at, row_text from served.dirt where name = 'campaign_days'
    ) order by position`;
}

// A record's place in the log is its place in the table.
const logSql = `
create table served.log as
with records as (
  select 'session' as kind, null::varchar as row_text, 0 as copy, * from world.sessions
  union all by name
  select 'seller_action' as kind, null::varchar as row_text, 0 as copy, * from world.seller_actions
  union all by name
  select case name when 'sessions' then 'session' else 'seller_action' end as kind, row_text, 1 as copy, (row_text->>'$.event_id') as event_id,
    told_at as received_at
  from served.dirt where name in ('sessions', 'seller_actions')
  union all by name
  -- Lines that cannot be read at all: cut off in the middle, or with a byte that is not UTF-8.
  select 'session' as kind, case when i % 2 = 0 then '{"cut' else '{"visitor_id":"v${markers.brokenBytes}"}' end as row_text, 1 as copy,
    'broken' || i as event_id, draw.month((3 + i)::integer) + interval 100 minutes as received_at
  from range(4) as t(i)
)
select * from records order by received_at, event_id, copy;
insert into served.dirt
select 91000000 + i, 'clickstream', 'records', case when i % 2 = 0 then 'broken_record' else 'broken_encoding' end, null,
  draw.month((3 + i)::integer) + interval 100 minutes, null
from range(4) as t(i);
create table served.hours as
select strftime(received_at, '%Y-%m-%dT%H') as hour, min(rowid) as first_position, count(*) as records
from served.log group by hour order by hour;`;
