WITH
-- The rows asked for: entity_rows, numbered
spine AS (
  SELECT
    row_number() OVER (ORDER BY t."origin_id" NULLS FIRST, t."destination_id" NULLS FIRST, t."event_timestamp" NULLS FIRST) AS "rid",
    t."origin_id", t."destination_id", t."event_timestamp",
    CAST(CONVERT_TIMEZONE('UTC', t."event_timestamp") AS TIMESTAMP_NTZ) AS "time"
  FROM "entity_rows" AS t
),
-- j1: weather as origin, point in time
-- entity_rows.origin_id = weather.location_id
-- visible: ts at or before the row's time
j1_rows AS (
  SELECT
    a."key1", CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "event",
    CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "visible_from",
    t."temperature" AS "origin__temperature"
  FROM (
    SELECT DISTINCT
      s."origin_id" AS "key1"
    FROM spine AS s
  ) AS a
  JOIN "weather" AS t ON t."location_id" = a."key1"
  WHERE t."ts" IS NOT NULL
),
-- j1: each row until a later one becomes visible
j1_versions AS (
  SELECT
    r.*,
    lead(r."visible_from") OVER (PARTITION BY r."key1" ORDER BY r."event", r."origin__temperature" NULLS FIRST) AS "visible_until"
  FROM j1_rows AS r
),
-- j1: the newest visible row for each key and time
j1 AS (
  SELECT
    a."key1", a."time", v."origin__temperature"
  FROM (
    SELECT DISTINCT
      s."origin_id" AS "key1", s."time"
    FROM spine AS s
  ) AS a
  JOIN j1_versions AS v
    ON v."key1" = a."key1"
    AND v."visible_from" <= a."time"
  WHERE (v."visible_until" > a."time" OR v."visible_until" IS NULL)
),
-- j2: weather as destination, point in time
-- entity_rows.destination_id = weather.location_id
-- visible: ts at or before the row's time
j2_rows AS (
  SELECT
    a."key1", CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "event",
    CAST(CONVERT_TIMEZONE('UTC', t."ts") AS TIMESTAMP_NTZ) AS "visible_from",
    t."temperature" AS "destination__temperature"
  FROM (
    SELECT DISTINCT
      s."destination_id" AS "key1"
    FROM spine AS s
  ) AS a
  JOIN "weather" AS t ON t."location_id" = a."key1"
  WHERE t."ts" IS NOT NULL
),
-- j2: each row until a later one becomes visible
j2_versions AS (
  SELECT
    r.*,
    lead(r."visible_from") OVER (PARTITION BY r."key1" ORDER BY r."event", r."destination__temperature" NULLS FIRST) AS "visible_until"
  FROM j2_rows AS r
),
-- j2: the newest visible row for each key and time
j2 AS (
  SELECT
    a."key1", a."time", v."destination__temperature"
  FROM (
    SELECT DISTINCT
      s."destination_id" AS "key1", s."time"
    FROM spine AS s
  ) AS a
  JOIN j2_versions AS v
    ON v."key1" = a."key1"
    AND v."visible_from" <= a."time"
  WHERE (v."visible_until" > a."time" OR v."visible_until" IS NULL)
)
-- One row per row asked for
SELECT
  s."origin_id", s."destination_id", s."event_timestamp", j1."origin__temperature",
  j2."destination__temperature"
FROM spine AS s
LEFT JOIN j1 ON j1."key1" = s."origin_id" AND j1."time" = s."time"
LEFT JOIN j2 ON j2."key1" = s."destination_id" AND j2."time" = s."time"
ORDER BY
  s."rid"
