import type { ColumnProfile, TableProfile } from "./profile-table";

const written =
  /^(_?(created|inserted|loaded|ingested|updated|modified|recorded|processed|synced)_?(at|on|time|ts|date)?|etl_.*)$/;

/**
 * When a row became true and when it was written. A time in the grain is the event's; otherwise a table of events (one
 * that refers to others and that none refers to) with a single time has that. The day a customer signed up is no event
 * time of the customer's features.
 */
export function inferTimes(
  table: TableProfile,
  structure: { grain: string[]; eventTime?: string; notes: string[] },
  isEvents: boolean,
): { eventTime?: string; createdTime?: string; notes: string[] } {
  const isTime = (type: string) => type === "timestamp" || type === "date";
  const times = table.columns.filter(({ type, nulls }) => isTime(type) && nulls < table.rows);
  const inGrain = times.find(({ name }) => structure.grain.includes(name))?.name;
  const events = times.filter(({ name }) => !written.test(name));
  const candidates = events.length > 0 ? events : times;
  const only = isEvents && candidates.length === 1 ? candidates[0]?.name : undefined;
  const eventTime = structure.eventTime ?? inGrain ?? only;

  const createds = times.filter(({ name }) => written.test(name) && name !== eventTime);
  const createdTime = eventTime && createds.length === 1 ? createds[0]?.name : undefined;
  const undecided = !eventTime && isEvents && candidates.length > 1;
  const note = `has several times (${candidates.map(({ name }) => name).join(", ")}): set eventTime to the one when a row became true`;
  return {
    ...(eventTime ? { eventTime } : {}),
    ...(createdTime ? { createdTime } : {}),
    notes: undecided ? [...structure.notes, note] : structure.notes,
  };
}

/** The year, month, day or hour beside the time of an observation: they say nothing of what was observed. */
export function isTimePart(
  column: ColumnProfile,
  structure: { kind: "entity" | "feature"; eventTime?: string },
): boolean {
  return (
    structure.kind === "feature" &&
    structure.eventTime !== undefined &&
    column.type === "integer" &&
    /^(year|quarter|month|week|day|hour|minute|second|day_of_(week|month|year)|weekday)$/.test(column.name)
  );
}
