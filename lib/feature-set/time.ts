/** `2026-01-31`, and a day that exists. */
export function isDateText(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/**
 * ISO 8601 text as `2026-01-31 12:00:00.123456` in UTC, to the microsecond; without an offset it is UTC already, a date is
 * its midnight. Null for anything else.
 */
export function utcText(text: string): string | null {
  if (isDateText(text)) return `${text} 00:00:00`;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return null;
  const [, day = "", minutes = "", seconds = ":00", fraction = "", offset = "Z"] = match;
  if (!isDateText(day)) return null;
  const zone = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  // Date knows milliseconds only, so the fraction stays apart: offsets are whole minutes.
  const instant = new Date(`${day}T${minutes}${seconds}${zone}`);
  if (Number.isNaN(instant.getTime())) return null;
  const digits = fraction.slice(0, 6).replace(/0+$/, "");
  return `${instant.toISOString().slice(0, 19).replace("T", " ")}${digits ? `.${digits}` : ""}`;
}
