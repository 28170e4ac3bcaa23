import { family, lastDays } from "../columns";
import type { ModelColumn } from "../model";
import { bands, bodies, channels } from "./engagement-segments";

/** Hours of the day in India. */
const hourThere = "hour(asked_at + interval 330 minutes)";
const dayparts: [name: string, condition: string, label: string][] = [
  ["morning", `${hourThere} between 6 and 11`, "in the morning"],
  ["afternoon", `${hourThere} between 12 and 16`, "in the afternoon"],
  ["evening", `${hourThere} between 17 and 21`, "in the evening"],
  ["night", `${hourThere} not between 6 and 21`, "at night"],
];

/** From buyers' enquiries: how many, by which road, about what, and how they were answered. */
export const fromLeads: ModelColumn[] = [...leads(), ...answering()];

function leads(): ModelColumn[] {
  return family({ family: "leads", stage: "asked", type: "integer", unit: "enquiries" }, [
    ...[7, 30, 90, 180, 365].flatMap((days) => [
      {
        name: `leads_${days}d`,
        sql: `count(*) filter (asked_days < ${days})`,
        description: `Buyers' enquiries received ${lastDays(days)}.`,
        windowDays: days,
      },
      ...channels.map(([channel, label]) => ({
        name: `leads_${channel}_${days}d`,
        sql: `count(*) filter (asked_days < ${days} and channel = '${channel}')`,
        description: `Buyers' enquiries by ${label} ${lastDays(days)}.`,
        windowDays: days,
      })),
      {
        name: `test_drives_${days}d`,
        sql: `count(*) filter (asked_days < ${days} and took_test_drive)`,
        description: `Test drives buyers took ${lastDays(days)}.`,
        unit: "test drives",
        windowDays: days,
      },
      {
        name: `offers_received_${days}d`,
        sql: `count(*) filter (asked_days < ${days} and made_offer)`,
        description: `Offers buyers made ${lastDays(days)}.`,
        unit: "offers",
        windowDays: days,
      },
      {
        name: `test_drive_rate_${days}d`,
        sql: `count(*) filter (asked_days < ${days} and took_test_drive) / nullif(count(*) filter (asked_days < ${days}), 0)`,
        type: "float" as const,
        description: `Share of enquiries ${lastDays(days)} that led to a test drive.`,
        unit: "share",
        windowDays: days,
      },
      {
        name: `returning_buyer_share_${days}d`,
        sql: `avg(returning_buyer::integer) filter (asked_days < ${days})`,
        type: "float" as const,
        description: `Share of enquiries ${lastDays(days)} by people who had bought here before.`,
        unit: "share",
        windowDays: days,
      },
      {
        name: `local_buyer_share_${days}d`,
        sql: `avg(same_city_buyer::integer) filter (asked_days < ${days})`,
        type: "float" as const,
        description: `Share of enquiries ${lastDays(days)} from the seller's own city.`,
        unit: "share",
        windowDays: days,
      },
    ]),
    ...bodies.map(([body, label]) => ({
      name: `leads_${body}_90d`,
      sql: `count(*) filter (asked_days < 90 and body = '${body}')`,
      description: `Buyers' enquiries about ${label} in the last 90 days.`,
      windowDays: 90,
    })),
    ...bands.map(([band, from, to, label]) => ({
      name: `leads_${band}_90d`,
      sql: `count(*) filter (asked_days < 90 and asking_price >= ${from} and asking_price < ${to})`,
      description: `Buyers' enquiries about cars priced ${label} in the last 90 days.`,
      windowDays: 90,
    })),
    ...dayparts.flatMap(([name, condition, label]) =>
      [30, 90].map((days) => ({
        name: `leads_${name}_${days}d`,
        sql: `count(*) filter (asked_days < ${days} and ${condition})`,
        description: `Buyers' enquiries ${label} ${lastDays(days)}.`,
        windowDays: days,
      })),
    ),
    {
      name: "days_since_last_lead",
      sql: "min(asked_days)",
      description: "Days since the last buyer asked.",
      unit: "days",
      family: "recency",
    },
  ]);
}

function answering(): ModelColumn[] {
  return family({ family: "responsiveness", stage: "asked", unit: "minutes" }, [
    ...[7, 30, 90, 180, 365].flatMap((days) => [
      {
        name: `answered_share_${days}d`,
        sql: `avg((answer_minutes is not null)::integer) filter (asked_days < ${days})`,
        description: `Share of enquiries ${lastDays(days)} that the seller answered at all.`,
        unit: "share",
        windowDays: days,
      },
      {
        name: `answered_in_hour_share_${days}d`,
        sql: `avg((coalesce(answer_minutes, 100000) <= 60)::integer) filter (asked_days < ${days})`,
        description: `Share of enquiries ${lastDays(days)} answered within an hour.`,
        unit: "share",
        windowDays: days,
      },
      {
        name: `median_answer_minutes_${days}d`,
        sql: `median(answer_minutes) filter (asked_days < ${days})`,
        description: `How quickly the seller usually replied to buyers ${lastDays(days)}.`,
        windowDays: days,
      },
      {
        name: `slowest_answer_minutes_${days}d`,
        sql: `quantile_cont(answer_minutes, 0.9) filter (asked_days < ${days})`,
        description: `Time within which nine in ten replies were given ${lastDays(days)}.`,
        windowDays: days,
      },
    ]),
    ...channels.map(([channel, label]) => ({
      name: `median_answer_minutes_${channel}`,
      sql: `median(answer_minutes) filter (channel = '${channel}')`,
      description: `How quickly enquiries by ${label} are usually answered.`,
    })),
    ...[90, 180].flatMap((days) => [
      {
        name: `buyer_rating_${days}d`,
        sql: `avg(rating) filter (asked_days < ${days})`,
        description: `Mean stars, 1 to 5, that buyers gave ${lastDays(days)}.`,
        unit: "stars",
        windowDays: days,
        family: "reputation",
      },
      {
        name: `ratings_received_${days}d`,
        sql: `count(rating) filter (asked_days < ${days})`,
        type: "integer" as const,
        description: `How many buyers rated the seller ${lastDays(days)}.`,
        unit: "ratings",
        windowDays: days,
        family: "reputation",
      },
      {
        name: `poor_ratings_${days}d`,
        sql: `count(*) filter (rating <= 2 and asked_days < ${days})`,
        type: "integer" as const,
        description: `Ratings of one or two stars ${lastDays(days)}: unhappy buyers.`,
        unit: "ratings",
        windowDays: days,
        family: "reputation",
      },
    ]),
  ]);
}
