import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";

/**
 * The matrix computed once more from the mart's tables by plain SQL, knowing nothing of feature sets, plans or our
 * compiler: one query per table, compared with the Parquet file cell by cell.
 */
const spine = `select s.* from SELLERS s join CITIES c on c.CITY_ID = s.CITY_ID where c.CITY_NAME in ('Mumbai', 'Pune')`;

const asOf = `(select max(AS_OF::timestamp) from MART_INFO)`;

/** Each with one row per seller of the spine. */
const plain: Record<string, string> = {
  SELLER_GEO_FEATURES: bySpineKey("SELLER_GEO_FEATURES", "SELLER_ID"),
  SELLER_ENGAGEMENT_FEATURES: bySpineKey("SELLER_ENGAGEMENT_FEATURES", "SELLER_ID"),
  CLICKSTREAM_SELLER_90D: bySpineKey("CLICKSTREAM_SELLER_90D", "SELLER_ID"),
  CITY_DEMOGRAPHICS_FEATURES: bySpineKey("CITY_DEMOGRAPHICS_FEATURES", "CITY_ID"),
  LLM_LOCATION_FEATURES: bySpineKey("LLM_LOCATION_FEATURES", "AREA_ID"),
  PROPERTY_MARKET_FEATURES: bySpineKey("PROPERTY_MARKET_FEATURES", "AREA_ID"),
  SELLER_TREND_FEATURES: `
    select s.SELLER_ID as seller, t.*
    from (${spine}) s
    left join (
      select distinct on (SELLER_ID) * from SELLER_TREND_FEATURES
      where MONTH_CLOSED_AT <= ${asOf} and MONTH_CLOSED_AT >= ${asOf} - interval 45 days
      order by SELLER_ID, MONTH_CLOSED_AT desc, WRITTEN_AT desc
    ) t on t.SELLER_ID = s.SELLER_ID`,
  MARKETING_ENGAGEMENT_FEATURES: `
    select s.SELLER_ID as seller, t.*
    from (${spine}) s
    left join (
      select SELLER_ID, sum(messages_sent) as messages_sent, sum(messages_opened) as messages_opened,
        min(fastest_open_hours) as fastest_open_hours, max(longest_reply_words) as longest_reply_words,
        bool_or(has_opted_out) as has_opted_out
      from MARKETING_ENGAGEMENT_FEATURES where LAST_SENT_AT <= ${asOf} group by SELLER_ID
    ) t on t.SELLER_ID = s.SELLER_ID`,
};

function bySpineKey(table: string, key: string): string {
  return `select s.SELLER_ID as seller, t.* from (${spine}) s left join ${table} t on t.${key} = s.${key}`;
}

export interface Comparison {
  rows: number;
  expectedRows: number;
  /** Per table: how many of its columns stand in the matrix, and how many rows differ in any of them. */
  tables: Record<string, { columns: number; differingRows: number }>;
  /** Columns that no table of the mart explains. */
  unexplained: string[];
}

/** @param directory holds the downloaded `matrix.parquet` */
export async function compareMatrix(martFile: string, directory: string): Promise<Comparison> {
  const mart = await openDuckDbWarehouse({ path: martFile, writableDirectories: [directory] });
  try {
    const parquet = `read_parquet('${directory}/matrix.parquet')`;
    const matrixColumns = await columnsOf(mart, `select * from ${parquet}`);
    const tables: Comparison["tables"] = {};
    const explained = new Set<string>();
    for (const [table, expected] of Object.entries(plain)) {
      for (const name of await columnsOf(mart, `select * from ${table}`)) explained.add(name);
      const known = await columnsOf(mart, expected);
      const shared = matrixColumns.filter((name) => known.includes(name) && !isCommon(name));
      if (shared.length === 0) continue;
      const list = shared.map((name) => `"${name}"`).join(", ");
      const made = `select SELLER_ID as seller, ${list} from ${parquet}`;
      const wanted = `select seller, ${list} from (${expected})`;
      const different = `select count(*) from ((${made} except all ${wanted}) union all (${wanted} except all ${made}))`;
      tables[table] = { columns: shared.length, differingRows: await numberOf(mart, different) };
    }
    return {
      rows: await numberOf(mart, `select count(*) from ${parquet}`),
      expectedRows: await numberOf(mart, `select count(*) from (${spine})`),
      tables,
      unexplained: matrixColumns.filter((name) => !explained.has(name)),
    };
  } finally {
    await mart.close();
  }
}

/** Keys, and the stamp, which the matrix has on every row and a table only on its own. */
function isCommon(name: string): boolean {
  return name.endsWith("_ID") || name === "STAMP";
}

async function columnsOf(mart: Warehouse, sql: string): Promise<string[]> {
  return (await mart.query(`select * from (${sql}) limit 0`)).columns.map((column) => column.name);
}

async function numberOf(mart: Warehouse, sql: string): Promise<number> {
  return Number((await mart.query(sql)).rows[0]?.[0]);
}
