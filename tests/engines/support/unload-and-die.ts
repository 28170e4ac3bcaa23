import path from "node:path";
import { s3Store } from "@/lib/objects";
import { openSnowflakeWarehouse } from "@/lib/warehouse/snowflake";
import { fileJournal } from "./file-journal";
import { settingsFor } from "./snowflake-driver";

/** Begins a matrix and is killed before it is there: the test's other half does the same again. */
const given = JSON.parse(process.argv[2] ?? "");
const warehouse = await openSnowflakeWarehouse({
  settings: settingsFor(given.url),
  schema: "FEATURE_MART",
  objects: s3Store(given.s3),
  scratchDirectory: given.folder,
});
await warehouse
  .forRun({ ...given.context, journal: fileJournal(given.journal) })
  .writeParquet(given.sql, path.join(given.folder, "killed.parquet"));
