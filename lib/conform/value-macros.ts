import { quoteText } from "@/lib/warehouse";

/** Cut from both ends of every value: what `\s` matches, and marks without width. */
export const whitespace =
  " \t\n\r\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff";

/** Words for "no value", compared without case. */
export const missingWords = ["", "null", "\\n", "na", "n/a", "#n/a", "nan", "none", "nil", "-"];
/** A text may well be `None` or `NA` (a surname, a code), so for texts only those count that nobody writes by hand. */
export const missingTexts = ["", "NULL", "\\N"];

export const trueWords = ["true", "t", "yes", "y", "1"];
export const falseWords = ["false", "f", "no", "n", "0"];

/** Decimal notation. */
export const plainNumber = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
/** Commas only where they part groups, as in 1,234,567 or 12,34,567; a decimal comma is of the wrong type. */
export const groupedNumber = String.raw`[+-]?\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?`;

/** Year first only: 03/04/2026 is two different days. A time of midnight after a date is dropped. */
export const dateShape = String.raw`\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?`;
/** Date, hour and minute, second, sign, hours and minutes of the offset. A time without a zone is in UTC. */
export const timeShape = String.raw`(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d)(:[0-5]\d(?:\.\d+)?)? ?(?:Z|UTC|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?`;
/** What was meant for a date or time: where it is none, it is an impossible one and not of the wrong type. */
export const meantForDate = String.raw`\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+ ?(?:Z|UTC|[+-][\d:]+)?)?`;

const utcTime = String.raw`\d{4}-\d{2}-\d{2}[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z?`;
const words = (list: readonly string[]) => list.map(quoteText).join(", ");

/** Functions of the engine that read text. None of them fails: what cannot be read is NULL. */
export const valueMacros = `
CREATE TEMP MACRO tidy(x) AS CASE
  WHEN ascii(x) BETWEEN 33 AND 126 AND ascii(right(x, 1)) BETWEEN 33 AND 126 THEN x
  ELSE trim(x, ${quoteText(whitespace)}) END;
CREATE TEMP MACRO present(x) AS CASE WHEN lower(x) IN (${words(missingWords)}) THEN NULL ELSE x END;
CREATE TEMP MACRO present_text(x) AS CASE WHEN x IN (${words(missingTexts)}) THEN NULL ELSE x END;
CREATE TEMP MACRO read_number(x) AS CASE
  WHEN regexp_full_match(x, ${quoteText(plainNumber)}) THEN coalesce(TRY_CAST(x AS DOUBLE), 'Infinity'::DOUBLE)
  WHEN regexp_full_match(x, ${quoteText(groupedNumber)})
    THEN coalesce(TRY_CAST(replace(x, ',', '') AS DOUBLE), 'Infinity'::DOUBLE) END;
CREATE TEMP MACRO read_flag(x) AS CASE
  WHEN lower(x) IN (${words(trueWords)}) THEN true WHEN lower(x) IN (${words(falseWords)}) THEN false END;
CREATE TEMP MACRO meant_for_date(x) AS regexp_full_match(x, ${quoteText(meantForDate)});
CREATE TEMP MACRO read_date(x) AS CASE
  WHEN regexp_full_match(x, ${quoteText(dateShape)}) THEN TRY_CAST(left(x, 10) AS DATE) END;
CREATE TEMP MACRO time_part(x, i) AS nullif(regexp_extract(x, ${quoteText(timeShape)}, i), '');
CREATE TEMP MACRO local_time(x) AS
  TRY_CAST(time_part(x, 1) || ' ' || time_part(x, 2) || coalesce(time_part(x, 3), ':00') AS TIMESTAMP);
CREATE TEMP MACRO offset_minutes(x) AS CASE time_part(x, 4) WHEN '-' THEN -1 ELSE 1 END
  * (60 * coalesce(time_part(x, 5)::BIGINT, 0) + coalesce(time_part(x, 6)::BIGINT, 0));
-- An offset may move an instant out of the years that ISO 8601 writes with four digits.
CREATE TEMP MACRO in_years(t) AS CASE WHEN year(t) BETWEEN 0 AND 9999 THEN t END;
CREATE TEMP MACRO read_time(x) AS CASE
  WHEN regexp_full_match(x, ${quoteText(utcTime)}) THEN TRY_CAST(x AS TIMESTAMP)
  WHEN regexp_full_match(x, ${quoteText(timeShape)})
    THEN in_years(local_time(x) - to_minutes(offset_minutes(x))) END;
`;
