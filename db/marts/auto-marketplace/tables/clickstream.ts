import { family, key, lastDays, type Part } from "../columns";
import type { Model } from "../model";

const windows = [1, 7, 14, 30, 60, 90];

/** Sums per window: the raw column, its name as a feature, what it counts. */
const counts: [column: string, name: string, label: string, family: string, unit: string][] = [
  ["sessions", "sessions", "Visits to the seller's pages", "traffic", "visits"],
  ["app_sessions", "sessions_app", "Visits from the phone app", "device", "visits"],
  ["mobile_web_sessions", "sessions_mobile_web", "Visits from a phone's browser", "device", "visits"],
  ["desktop_sessions", "sessions_desktop", "Visits from a computer", "device", "visits"],
  ["search_sessions", "sessions_from_search", "Visits that came from a search engine", "source", "visits"],
  [
    "direct_sessions",
    "sessions_direct",
    "Visits by people who came straight to the page",
    "source",
    "visits",
  ],
  ["paid_sessions", "sessions_from_ads", "Visits that came from paid advertising", "source", "visits"],
  ["social_sessions", "sessions_from_social", "Visits that came from social networks", "source", "visits"],
  [
    "new_visitor_sessions",
    "sessions_new_visitors",
    "Visits by people seen for the first time",
    "traffic",
    "visits",
  ],
  [
    "night_sessions",
    "sessions_at_night",
    "Visits between ten at night and six in the morning",
    "timing",
    "visits",
  ],
  ["bounced_sessions", "bounced_sessions", "Visits that ended after one page", "attention", "visits"],
  ["session_seconds", "session_seconds", "Time visitors spent on the seller's pages", "attention", "seconds"],
  [
    "search_impressions",
    "search_impressions",
    "Times the seller's cars were shown in search results",
    "funnel",
    "views",
  ],
  ["listing_views", "listing_views", "Times one of the seller's cars was looked at", "funnel", "views"],
  ["photo_views", "photo_views", "Photographs visitors opened", "attention", "views"],
  ["saves", "saves", "Times a car was saved as a favourite", "intent", "clicks"],
  ["shares", "shares", "Times a car was shared with somebody", "intent", "clicks"],
  ["compare_adds", "compare_adds", "Times a car was put side by side with others", "intent", "clicks"],
  ["call_clicks", "call_clicks", "Taps on the seller's telephone number", "contact_intent", "clicks"],
  ["chat_opens", "chat_opens", "Chats visitors opened", "contact_intent", "clicks"],
  ["form_starts", "form_starts", "Enquiry forms begun", "contact_intent", "forms"],
  ["form_submits", "form_submits", "Enquiry forms sent", "contact_intent", "forms"],
  ["seller_logins", "seller_logins", "Times the seller signed in", "seller_activity", "sign-ins"],
  ["price_edits", "price_edits", "Times the seller changed a price", "seller_activity", "edits"],
  ["photo_uploads", "photo_uploads", "Photographs the seller added", "seller_activity", "photos"],
];

const rates: [name: string, above: string, below: string, label: string, family: string][] = [
  [
    "click_through_rate",
    "listing_views",
    "search_impressions",
    "Share of search appearances that were opened",
    "funnel",
  ],
  ["views_per_session", "listing_views", "sessions", "Cars looked at per visit", "attention"],
  ["photos_per_view", "photo_views", "listing_views", "Photographs opened per car looked at", "attention"],
  ["seconds_per_session", "session_seconds", "sessions", "Seconds a visit lasts", "attention"],
  ["bounce_rate", "bounced_sessions", "sessions", "Share of visits that ended after one page", "attention"],
  ["new_visitor_share", "sessions_new_visitors", "sessions", "Share of visits by newcomers", "traffic"],
  ["app_share", "sessions_app", "sessions", "Share of visits from the phone app", "device"],
  ["paid_traffic_share", "sessions_from_ads", "sessions", "Share of visits that were paid for", "source"],
  [
    "search_traffic_share",
    "sessions_from_search",
    "sessions",
    "Share of visits from search engines",
    "source",
  ],
  ["night_share", "sessions_at_night", "sessions", "Share of visits at night", "timing"],
  ["save_rate", "saves", "listing_views", "Favourites per car looked at", "intent"],
  ["call_rate", "call_clicks", "listing_views", "Taps to call per car looked at", "contact_intent"],
  ["chat_rate", "chat_opens", "listing_views", "Chats per car looked at", "contact_intent"],
  [
    "form_completion_rate",
    "form_submits",
    "form_starts",
    "Share of enquiry forms begun that were sent",
    "contact_intent",
  ],
];

const trended = [
  ...["sessions", "sessions_app", "sessions_from_search", "sessions_from_ads", "sessions_new_visitors"],
  ...[
    "search_impressions",
    "listing_views",
    "photo_views",
    "session_seconds",
    "saves",
    "shares",
    "compare_adds",
  ],
  ...["call_clicks", "chat_opens", "form_starts", "form_submits", "seller_logins", "price_edits"],
];

function ofWindow(days: number): Part[] {
  const filter = `filter (days_back <= ${days})`;
  return [
    ...counts.map(
      ([column, name, label, group, unit]): Part => ({
        name: `${name}_${days}d`,
        sql: `coalesce(sum(${column}) ${filter}, 0)`,
        type: "integer",
        description: `${label} ${lastDays(days)}.`,
        family: group,
        unit,
        windowDays: days,
      }),
    ),
    ...rates.map(
      ([name, above, below, label, group]): Part => ({
        name: `${name}_${days}d`,
        sql: `${above}_${days}d / nullif(${below}_${days}d, 0)`,
        description: `${label} ${lastDays(days)}.`,
        family: group,
        unit: /_per_/.test(name) ? (name.startsWith("seconds") ? "seconds" : "ratio") : "share",
        windowDays: days,
        stage: "rated",
      }),
    ),
    ...(days === 1 ? [] : overDays(days, filter)),
  ];
}

/** What needs more than one day. */
function overDays(days: number, filter: string): Part[] {
  return [
    {
      name: `active_days_${days}d`,
      sql: `count(*) ${filter}`,
      type: "integer",
      description: `Days with at least one visit ${lastDays(days)}.`,
      unit: "days",
      windowDays: days,
    },
    {
      name: `peak_day_sessions_${days}d`,
      sql: `max(sessions) ${filter}`,
      type: "integer",
      description: `Visits on the busiest day ${lastDays(days)}.`,
      unit: "visits",
      windowDays: days,
    },
    {
      name: `peak_day_views_${days}d`,
      sql: `max(listing_views) ${filter}`,
      type: "integer",
      description: `Cars looked at on the busiest day ${lastDays(days)}.`,
      unit: "views",
      windowDays: days,
    },
    {
      name: `daily_sessions_spread_${days}d`,
      sql: `stddev_samp(sessions) ${filter}`,
      description: `How uneven visits were from day to day ${lastDays(days)}: their standard deviation.`,
      unit: "visits",
      windowDays: days,
    },
    {
      name: `days_with_contact_${days}d`,
      sql: `count(*) filter (call_clicks + chat_opens + form_submits > 0 and days_back <= ${days})`,
      type: "integer",
      description: `Days on which somebody tried to reach the seller ${lastDays(days)}.`,
      unit: "days",
      windowDays: days,
      family: "contact_intent",
    },
    {
      name: `weekend_share_${days}d`,
      sql: `(sum(sessions) filter (weekend and days_back <= ${days})) / nullif(sum(sessions) ${filter}, 0)`,
      description: `Share of visits on Saturdays and Sundays ${lastDays(days)}.`,
      family: "timing",
      unit: "share",
      windowDays: days,
    },
  ];
}

const trends: Part[] = [
  ...trended.flatMap((name): Part[] => [
    {
      name: `${name}_7d_vs_30d`,
      sql: `${name}_7d * 30.0 / 7 / nullif(${name}_30d, 0)`,
      description: `Pace of ${name.replaceAll("_", " ")} in the last week against the last 30 days: above 1 is speeding up.`,
      windowDays: 30,
    },
    {
      name: `${name}_30d_vs_90d`,
      sql: `${name}_30d * 3.0 / nullif(${name}_90d, 0)`,
      description: `Pace of ${name.replaceAll("_", " ")} in the last 30 days against the last 90: above 1 is speeding up.`,
      windowDays: 90,
    },
  ]),
  {
    name: "contact_intents_90d",
    sql: "call_clicks_90d + chat_opens_90d + form_submits_90d",
    type: "integer",
    description:
      "Attempts to reach the seller in the last 90 days, by any road: the warmest sign of interest.",
    family: "contact_intent",
    unit: "clicks",
    windowDays: 90,
  },
  {
    name: "contact_rate_90d",
    sql: "(call_clicks_90d + chat_opens_90d + form_submits_90d) / nullif(sessions_90d, 0)",
    description: "Attempts to reach the seller per visit in the last 90 days.",
    family: "contact_intent",
    unit: "ratio",
    windowDays: 90,
  },
];

export const clickstream: Model = {
  table: {
    name: "CLICKSTREAM_SELLER_90D",
    description:
      "What visitors did on a seller's pages over the last 90 days, from web and app events: visits, views, favourites, attempts to call or chat, by device and source, in windows of 1 to 90 days. Sellers never seen in the events are missing.",
    entity: "seller",
    kind: "feature",
    grain: ["SELLER_ID"],
    keys: [{ kind: "primary", entity: "seller", columns: ["SELLER_ID"] }],
    owner: "web-analytics",
    synonyms: ["web behaviour", "clicks", "traffic", "page views", "browsing", "app usage"],
  },
  columns: [
    { ...key("SELLER_ID", "The seller.", "summed.seller_id"), stage: "key" },
    ...family({ family: "recency", stage: "summed", type: "integer", unit: "days" }, [
      {
        name: "days_since_last_visit",
        sql: "min(days_back)",
        description: "Days since anybody last looked at the seller's pages.",
      },
      {
        name: "days_since_last_login",
        sql: "min(days_back) filter (seller_logins > 0)",
        description: "Days since the seller last signed in, where they did in the last 90 days.",
      },
    ]),
    ...family({ family: "traffic", stage: "summed" }, windows.flatMap(ofWindow)),
    ...family({ family: "momentum", stage: "rated", unit: "ratio" }, trends),
  ],
};
