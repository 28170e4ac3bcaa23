WITH
-- The rows asked for: entity_rows, numbered
spine AS (
  SELECT
    row_number() OVER (ORDER BY t."id" NULLS FIRST, t."event_timestamp" NULLS FIRST) AS "rid", t."id",
    t."event_timestamp", CAST(CONVERT_TIMEZONE('UTC', t."event_timestamp") AS TIMESTAMP_NTZ) AS "time"
  FROM "entity_rows" AS t
),
-- j1: v, point in time
-- entity_rows.id = v.id
-- visible: ts at or before the row's time, written (created) by then
j1_rows AS (
  SELECT
    a."key1", CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "event", t."created" AS "created_",
    greatest(CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ), CAST(CONVERT_TIMEZONE('UTC', t."created") AS TIMESTAMP_NTZ)) AS "visible_from",
    t."x"
  FROM (
    SELECT DISTINCT
      s."id" AS "key1"
    FROM spine AS s
  ) AS a
  JOIN "v" AS t ON t."id" = a."key1"
  WHERE t."ts" IS NOT NULL
    AND t."created" IS NOT NULL
),
-- j1: each row until a later one becomes visible
j1_versions AS (
  SELECT
    r.*,
    min(r."visible_from") OVER (PARTITION BY r."key1" ORDER BY r."event", r."created_" NULLS FIRST, r."x" NULLS FIRST ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS "visible_until"
  FROM j1_rows AS r
),
-- j1: the newest visible row for each key and time
j1 AS (
  SELECT
    a."key1", a."time", v."x"
  FROM (
    SELECT DISTINCT
      s."id" AS "key1", s."time"
    FROM spine AS s
  ) AS a
  JOIN j1_versions AS v
    ON v."key1" = a."key1"
    AND v."visible_from" <= a."time"
  WHERE (v."visible_until" > a."time" OR v."visible_until" IS NULL)
)
-- One row per row asked for
SELECT
  s."id", s."event_timestamp", j1."x"
FROM spine AS s
LEFT JOIN j1 ON j1."key1" = s."id" AND j1."time" = s."time"
ORDER BY
  s."rid"
