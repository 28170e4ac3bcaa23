import { family, key, type Part } from "../columns";
import type { Model } from "../model";

const steps: [column: string, word: string, label: string][] = [
  ["delivered", "delivered", "reached the seller"],
  ["opened", "opened", "were opened"],
  ["clicked", "clicked", "had a link tapped"],
  ["replied", "replied", "were replied to"],
  ["converted", "converted", "led to what the campaign was for"],
];
const moments: [name: string, condition: string, label: string][] = [
  ["morning", "hour(sent_at) < 7", "in the morning"],
  ["midday", "hour(sent_at) between 7 and 9", "around midday"],
  ["afternoon", "hour(sent_at) >= 10", "in the afternoon"],
];

const funnel: Part[] = steps.flatMap(([column, word, label]): Part[] => [
  {
    name: `messages_${word}`,
    sql: `count(*) filter (${column})`,
    type: "integer",
    description: `Messages of the campaign that ${label}.`,
    unit: "messages",
    aggregation: "sum",
  },
  {
    name: `message_${word}_rate`,
    sql: `count(*) filter (${column}) / count(*)`,
    description: `Share of the campaign's messages that ${label}.`,
    unit: "share",
    aggregation: "mean_weighted",
    weight: "messages_sent",
  },
  {
    name: `has_${word}_message`,
    sql: `bool_or(${column})`,
    type: "boolean",
    description: `At least one message of the campaign: those that ${label}.`,
    aggregation: "flag_any",
  },
]);

const byMoment: Part[] = moments.flatMap(([name, condition, label]): Part[] => [
  {
    name: `messages_sent_${name}`,
    sql: `count(*) filter (${condition})`,
    type: "integer",
    description: `Messages sent ${label}.`,
    unit: "messages",
    aggregation: "sum",
    family: "message_timing",
  },
  {
    name: `messages_opened_${name}`,
    sql: `count(*) filter (opened and ${condition})`,
    type: "integer",
    description: `Messages sent ${label} that were opened.`,
    unit: "messages",
    aggregation: "sum",
    family: "message_timing",
  },
]);

const variants: Part[] = ["A", "B"].flatMap((variant): Part[] => [
  {
    name: `messages_sent_variant_${variant.toLowerCase()}`,
    sql: `count(*) filter (variant = '${variant}')`,
    type: "integer",
    description: `Messages sent with wording ${variant}.`,
    unit: "messages",
    aggregation: "sum",
    family: "message_test",
  },
  {
    name: `messages_opened_variant_${variant.toLowerCase()}`,
    sql: `count(*) filter (variant = '${variant}' and opened)`,
    type: "integer",
    description: `Messages with wording ${variant} that were opened.`,
    unit: "messages",
    aggregation: "sum",
    family: "message_test",
  },
]);

const rest: Part[] = [
  {
    name: "messages_sent",
    sql: "count(*)",
    type: "integer",
    description: "Messages of the campaign sent to the seller.",
    unit: "messages",
    aggregation: "sum",
  },
  {
    name: "message_cost",
    sql: "sum(cost_paise) / 100",
    type: "decimal",
    description: "What the messages cost us.",
    unit: "INR",
    aggregation: "sum",
    family: "message_cost",
  },
  {
    name: "cost_per_open",
    sql: "sum(cost_paise) / 100 / nullif(count(*) filter (opened), 0)",
    description: "What one opened message cost.",
    unit: "INR",
    aggregation: "mean_weighted",
    weight: "messages_opened",
    family: "message_cost",
  },
  {
    name: "hours_to_open",
    sql: "avg(date_diff('second', sent_at, opened_at)) / 3600",
    description: "Hours until a message was opened.",
    unit: "hours",
    aggregation: "mean_weighted",
    weight: "messages_opened",
    family: "message_timing",
  },
  {
    name: "fastest_open_hours",
    sql: "min(date_diff('second', sent_at, opened_at)) / 3600",
    description: "Hours until the quickest opening.",
    unit: "hours",
    aggregation: "min",
    family: "message_timing",
  },
  {
    name: "reply_words",
    sql: "coalesce(sum(reply_words), 0)",
    type: "integer",
    description: "Words the seller wrote in replies.",
    unit: "words",
    aggregation: "sum",
  },
  {
    name: "longest_reply_words",
    sql: "max(reply_words)",
    type: "integer",
    description: "Words in the longest reply.",
    unit: "words",
    aggregation: "max",
  },
  {
    name: "has_opted_out",
    sql: "bool_or(opted_out)",
    type: "boolean",
    description: "The seller asked not to be written to again.",
    aggregation: "flag_any",
    family: "consent",
  },
  {
    name: "has_complained",
    sql: "bool_or(complained)",
    type: "boolean",
    description: "The seller reported a message as unwanted.",
    aggregation: "flag_any",
    family: "consent",
  },
  {
    name: "last_message_status",
    sql: "arg_max(case when opted_out then 'opted_out' when converted then 'converted' when replied then 'replied' when clicked then 'clicked' when opened then 'opened' when delivered then 'delivered' else 'failed' end, sent_at)",
    type: "text",
    description: "What became of the last message.",
    aggregation: "latest",
  },
  {
    name: "campaign_channel",
    sql: "any_value(channel)",
    type: "text",
    description: "How the campaign was sent: WhatsApp, SMS, push or e-mail.",
    aggregation: "latest",
    family: "campaign",
  },
  {
    name: "campaign_goal",
    sql: "any_value(goal)",
    type: "text",
    description: "What the campaign was for.",
    aggregation: "latest",
    family: "campaign",
  },
  {
    name: "campaign_name",
    sql: "any_value(campaign_name)",
    type: "text",
    description: "What the campaign was called.",
    aggregation: "latest",
    family: "campaign",
  },
];

export const marketing: Model = {
  table: {
    name: "MARKETING_ENGAGEMENT_FEATURES",
    description:
      "How a seller answered each marketing campaign: messages sent, opened, clicked and replied to, cost, timing and opting out. One row per seller and campaign; sellers never written to are missing.",
    entity: "seller_campaign",
    kind: "feature",
    grain: ["SELLER_ID", "CAMPAIGN_ID"],
    keys: [
      { kind: "primary", entity: "seller_campaign", columns: ["SELLER_ID", "CAMPAIGN_ID"] },
      { kind: "foreign", entity: "seller", columns: ["SELLER_ID"] },
    ],
    eventTime: "LAST_SENT_AT",
    owner: "lifecycle-marketing",
    synonyms: ["campaigns", "messages", "e-mail opens", "outreach", "WhatsApp response"],
  },
  columns: [
    key("SELLER_ID", "The seller.", "seller_id"),
    key("CAMPAIGN_ID", "The campaign.", "campaign_id"),
    key("LAST_SENT_AT", "When the last message of the campaign was sent.", "max(sent_at)", "timestamp"),
    ...family({ family: "messages" }, [...rest, ...funnel, ...byMoment, ...variants]),
  ],
};
