import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";

const { text, integer, flag, time, oneOf } = field;

/** The click stream: an append-only log, a partition per hour of arrival, an offset per record in a partition. */
export const clickstream: SourceTable[] = [
  {
    source: "clickstream",
    name: "sessions",
    protocol: "event_log",
    description:
      "A visit to a seller's pages, told by the browser or app when it ends: what was shown, opened, saved, asked.",
    row: z.object({
      event_id: text(40),
      seller_id: text(20),
      /** The car that the visit was mainly about. */
      listing_id: text(20).nullable(),
      /** Null for a visitor who is not signed in. */
      buyer_id: text(20).nullable(),
      visitor_id: text(40),
      device: oneOf(["app", "mobile_web", "desktop"]),
      traffic_source: oneOf(["search", "direct", "ads", "social", "email"]),
      is_new_visitor: flag(),
      started_at: time(),
      seconds: integer(0, 86_400),
      search_impressions: integer(0, 10_000),
      listing_views: integer(0, 10_000),
      photo_views: integer(0, 10_000),
      saves: integer(0, 1000),
      shares: integer(0, 1000),
      compare_adds: integer(0, 1000),
      call_clicks: integer(0, 1000),
      chat_opens: integer(0, 1000),
      form_starts: integer(0, 1000),
      form_submits: integer(0, 1000),
      /** When the log took the record; its hour is the partition. Up to three days after the visit. */
      received_at: time(),
    }),
    key: ["event_id"],
    references: [
      { column: "seller_id", table: "sellers" },
      { column: "listing_id", table: "listings" },
      { column: "buyer_id", table: "buyers" },
    ],
    createdAt: "received_at",
    lateAfter: { event: "started_at", received: "received_at", days: 3 },
    changes: 4,
  },
  {
    source: "clickstream",
    name: "seller_actions",
    protocol: "event_log",
    description:
      "What sellers did themselves, a record per seller and hour: sign-ins, price edits, photographs added.",
    row: z.object({
      event_id: text(40),
      seller_id: text(20),
      device: oneOf(["app", "mobile_web", "desktop"]),
      started_at: time(),
      logins: integer(0, 1000),
      price_edits: integer(0, 1000),
      photo_uploads: integer(0, 1000),
      received_at: time(),
    }),
    key: ["event_id"],
    references: [{ column: "seller_id", table: "sellers" }],
    createdAt: "received_at",
    lateAfter: { event: "started_at", received: "received_at", days: 3 },
    changes: 4,
  },
];
