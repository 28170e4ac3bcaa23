import postgres from "postgres";

export type PostgresClient = postgres.Sql;
export type PostgresTransaction = postgres.TransactionSql;

/**
 * A client of a PostgreSQL server that connects on first use. `max` connections at most; options are the driver's own.
 * The driver's notices are dropped: they would go to standard output.
 */
export function openPostgres(
  url: string,
  options: { max: number; connect_timeout: number; max_lifetime?: number | null; onclose?: () => void },
): PostgresClient {
  return postgres(url, { onnotice: () => {}, ...options });
}
