import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";

const { text, integer, number, flag, date, time, oneOf } = field;

export const channels = ["whatsapp", "email", "sms", "push"] as const;

/** The marketing CRM: change rows with a sequence number, and a paged REST API with a rate limit. */
export const crm: SourceTable[] = [
  {
    source: "crm",
    name: "campaigns",
    protocol: "cdc",
    description: "Campaigns to sellers.",
    row: z.object({
      campaign_id: text(20),
      campaign_name: text(),
      channel: oneOf(channels),
      goal: oneOf([
        "list_more",
        "improve_listings",
        "buy_boost",
        "reprice",
        "reply_faster",
        "renew_plan",
        "win_back",
        "verify",
        "inspect",
      ]),
      starts_on: date(),
      ends_on: date(),
      budget_inr: integer(0, 1e10),
      /** Share of sellers that were to be reached. */
      reach: number(0, 1),
      created_at: time(),
    }),
    key: ["campaign_id"],
    references: [],
    createdAt: "created_at",
    changes: 1,
  },
  {
    source: "crm",
    name: "messages",
    protocol: "cdc",
    description:
      "Messages of campaigns to sellers: an insert when sent, updates when delivered, opened, clicked, replied.",
    row: z.object({
      message_id: text(40),
      campaign_id: text(20),
      seller_id: text(20),
      channel: oneOf(channels),
      variant: oneOf(["A", "B"]),
      sent_at: time(),
      delivered_at: time().nullable(),
      opened_at: time().nullable(),
      clicked_at: time().nullable(),
      replied_at: time().nullable(),
      converted_at: time().nullable(),
      opted_out: flag(),
      complained: flag(),
      cost_paise: integer(0, 1e6),
      reply_words: integer(0, 10_000).nullable(),
    }),
    key: ["message_id"],
    references: [
      { column: "campaign_id", table: "campaigns" },
      { column: "seller_id", table: "sellers" },
    ],
    createdAt: "sent_at",
    knownBy: [
      { time: "delivered_at", unknown: { delivered_at: null, opted_out: false, complained: false } },
      { time: "opened_at", unknown: { opened_at: null } },
      { time: "clicked_at", unknown: { clicked_at: null } },
      { time: "replied_at", unknown: { replied_at: null, reply_words: null } },
      { time: "converted_at", unknown: { converted_at: null } },
    ],
    changes: 1,
  },
  {
    source: "crm",
    name: "campaign_days",
    protocol: "rest",
    description: "What a campaign cost and brought in per day: the base of its return on advertising spend.",
    row: z.object({
      campaign_id: text(20),
      day: date(),
      impressions: integer(0, 1e9),
      clicks: integer(0, 1e9),
      spend_inr: number(0, 1e9),
      attributed_orders: integer(0, 1e7),
      attributed_revenue_inr: number(0, 1e10),
      /** The day's figures are closed at the next midnight. */
      closed_at: time(),
    }),
    key: ["campaign_id", "day"],
    references: [{ column: "campaign_id", table: "campaigns" }],
    createdAt: "closed_at",
    changes: 1,
  },
];
