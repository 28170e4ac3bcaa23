WITH
-- The rows asked for: entity_rows, numbered
spine AS (
  SELECT
    row_number() OVER (ORDER BY t."a" NULLS FIRST, t."b" NULLS FIRST, t."event_timestamp" NULLS FIRST) AS "rid",
    t."a", t."b", t."event_timestamp",
    CAST(CONVERT_TIMEZONE('UTC', t."event_timestamp") AS TIMESTAMP_NTZ) AS "time"
  FROM "entity_rows" AS t
),
-- j1: v, point in time
-- entity_rows.a + entity_rows.b = v.a + v.b
-- visible: ts at or before the row's time
j1_rows AS (
  SELECT
    a."key1", a."key2", CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "event",
    CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "visible_from", t."x"
  FROM (
    SELECT DISTINCT
      s."a" AS "key1", s."b" AS "key2"
    FROM spine AS s
  ) AS a
  JOIN "v" AS t ON t."a" = a."key1" AND t."b" = a."key2"
  WHERE t."ts" IS NOT NULL
),
-- j1: each row until a later one becomes visible
j1_versions AS (
  SELECT
    r.*,
    lead(r."visible_from") OVER (PARTITION BY r."key1", r."key2" ORDER BY r."event", r."x" NULLS FIRST) AS "visible_until"
  FROM j1_rows AS r
),
-- j1: the newest visible row for each key and time
j1 AS (
  SELECT
    a."key1", a."key2", a."time", v."x"
  FROM (
    SELECT DISTINCT
      s."a" AS "key1", s."b" AS "key2", s."time"
    FROM spine AS s
  ) AS a
  JOIN j1_versions AS v
    ON v."key1" = a."key1"
    AND v."key2" = a."key2"
    AND v."visible_from" <= a."time"
  WHERE (v."visible_until" > a."time" OR v."visible_until" IS NULL)
)
-- One row per row asked for
SELECT
  s."a", s."b", s."event_timestamp", j1."x"
FROM spine AS s
LEFT JOIN j1 ON j1."key1" = s."a" AND j1."key2" = s."b" AND j1."time" = s."time"
ORDER BY
  s."rid"
