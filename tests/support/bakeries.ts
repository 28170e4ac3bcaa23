import { copyFile, cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { openDuckDbWriter, quoteText } from "@/lib/warehouse";

const root = process.cwd();

/**
 * A small dbt project in `folder/project`, with the macros of the real mart, and its inputs in `folder/conformed` and
 * `folder/augment`: three shops, one of which sold nothing.
 */
export async function aBakeryProject(
  folder: string,
): Promise<{ directory: string; vars: Record<string, string> }> {
  const directory = path.join(folder, "project");
  await cp(path.join(root, "tests", "fixtures", "dbt-project"), directory, { recursive: true });
  await copyFile(
    path.join(root, "db", "marts", "auto-marketplace", "macros", "features.sql"),
    path.join(directory, "macros", "features.sql"),
  );
  const [conformed, augment] = [path.join(folder, "conformed"), path.join(folder, "augment")];
  for (const place of [conformed, augment]) await mkdir(place, { recursive: true });
  const writer = await openDuckDbWriter(path.join(folder, "inputs.duckdb"), { threads: 1 });
  const write = (sql: string, file: string) => writer.run(`copy (${sql}) to ${quoteText(file)}`);
  await write(
    "from (values ('s1', 'Pune', date '2001-05-01'), ('s2', 'Xi''an', date '2020-01-01'), ('s3', 'Pune', null)) t(shop_id, town, opened_on)",
    path.join(conformed, "shops.parquet"),
  );
  await write(
    `select 's' || (1 + i % 2) as shop_id, timestamp '2026-10-31 12:00:00' - i * interval 7 hour as sold_at,
       if(i % 3 = 0, 'cake', 'bread') as kind, (10 + i % 7 / 3)::decimal(9, 2) as price from range(200) r(i)`,
    path.join(conformed, "sales.parquet"),
  );
  await write(
    "select 's' || i as shop_id, 1 / i as score from range(1, 6) r(i)",
    path.join(augment, "scores.parquet"),
  );
  await writer.close();
  return { directory, vars: { conformed, augment } };
}
