WITH
-- The rows asked for: flights, numbered
population AS (
  SELECT
    row_number() OVER (ORDER BY t."id" NULLS FIRST, t."at" NULLS FIRST, t."tailnum" NULLS FIRST) AS "rid", t."id",
    t."at", t."tailnum", CAST(CONVERT_TIMEZONE('UTC', t."at") AS TIMESTAMP_NTZ) AS "time"
  FROM "flights" AS t
),
-- j1: planes, many to one
-- flights.tailnum = planes.tailnum
-- age: years since year, at the row's time
j1 AS (
  SELECT
    a."key1", t."year" AS "age", t."seats", t."year" AS "filter1"
  FROM (
    SELECT DISTINCT
      s."tailnum" AS "key1"
    FROM population AS s
  ) AS a
  JOIN "planes" AS t ON t."tailnum" = a."key1"
  QUALIFY row_number() OVER (
    PARTITION BY a."key1"
    ORDER BY
      t."year" DESC NULLS LAST, t."seats" DESC NULLS LAST
  ) = 1
),
-- The rows that pass the filters on joined tables
spine AS (
  SELECT
    s."rid", s."id", s."at", s."tailnum", s."time"
  FROM population AS s
  LEFT JOIN j1 ON j1."key1" = s."tailnum"
  WHERE CASE WHEN j1."filter1" BETWEEN 1 AND extract(YEAR FROM s."time") THEN extract(YEAR FROM s."time") - j1."filter1" END <= 30
)
-- One row per row asked for
SELECT
  s."id", s."at",
  CASE WHEN j1."age" BETWEEN 1 AND extract(YEAR FROM s."time") THEN extract(YEAR FROM s."time") - j1."age" END AS "age",
  j1."seats"
FROM spine AS s
LEFT JOIN j1 ON j1."key1" = s."tailnum"
ORDER BY
  s."rid"
