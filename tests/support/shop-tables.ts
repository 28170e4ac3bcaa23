import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";

const { text, integer, number, flag, date, time, oneOf } = field;
const common = { source: "shop", description: "", references: [], changes: 1 } satisfies Partial<SourceTable>;

const shops: SourceTable = {
  ...common,
  name: "shops",
  protocol: "postgres",
  row: z.object({
    shop_id: text(10),
    contact_name: text(),
    kind: oneOf(["big", "small"]),
    plan: oneOf(["free", "gold"]),
    staff: integer(1, 100).nullable(),
    status: oneOf(["active", "closed"]),
    opened_at: time(),
    closed_at: time().nullable(),
    updated_at: time(),
  }),
  key: ["shop_id"],
  createdAt: "opened_at",
  knownBy: [{ time: "closed_at", unknown: { closed_at: null, status: "active" } }],
  changes: {
    type: 2,
    columns: ["plan", "staff", "status"],
    never: ["kind"],
    since: "updated_at",
    told: [{ column: "plan", table: "plan_changes", before: "old_plan", after: "new_plan" }],
  },
};
const planChanges: SourceTable = {
  ...common,
  name: "plan_changes",
  protocol: "postgres",
  row: z.object({
    change_id: text(10),
    shop_id: text(10),
    old_plan: text().nullable(),
    new_plan: text(),
    changed_at: time(),
  }),
  key: ["change_id"],
  references: [{ column: "shop_id", table: "shops" }],
  createdAt: "changed_at",
  changes: 4,
};
const offers: SourceTable = {
  ...common,
  name: "offers",
  protocol: "cdc",
  row: z.object({
    offer_id: text(10),
    shop_id: text(10).nullable(),
    price: number(0, 1000),
    is_new: flag(),
    made_on: date(),
    ended_on: date().nullable(),
    outcome: oneOf(["open", "sold"]),
  }),
  key: ["offer_id"],
  references: [{ column: "shop_id", table: "shops" }],
  createdAt: "made_on",
  knownBy: [{ time: "ended_on", unknown: { ended_on: null, outcome: "open" } }],
};
const visits: SourceTable = {
  ...common,
  name: "visits",
  protocol: "event_log",
  row: z.object({ event_id: text(10), offer_id: text(10).nullable(), began_at: time(), received_at: time() }),
  key: ["event_id"],
  references: [{ column: "offer_id", table: "offers" }],
  createdAt: "received_at",
  lateAfter: { event: "began_at", received: "received_at", days: 3 },
  changes: 4,
};
const prices: SourceTable = {
  ...common,
  name: "prices",
  protocol: "csv",
  row: z.object({ make: text(10), month: date(), price: integer(0, 100) }),
  key: ["make", "month"],
};

/** Read page by page, a span of time after another. */
const rents: SourceTable = {
  ...common,
  name: "rents",
  protocol: "rest",
  row: z.object({ shop_id: text(10), rent: integer(0, 100), published_on: date() }),
  key: ["shop_id"],
  references: [{ column: "shop_id", table: "shops" }],
  createdAt: "published_on",
};

/** A source of each kind of table. Those that refer to others come first: the order is conform's own affair. */
export const shopTables: SourceTable[] = [visits, offers, planChanges, shops, prices, rents];
