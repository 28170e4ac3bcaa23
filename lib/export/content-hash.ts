import { canonicalJson, sha256 } from "@/lib/feature-set";
import { type ParquetFile, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";

/** How {@link contentHash} is made; a change of the method is a new name. */
export const contentHashMethod = "sha256-of-rows-1";

const rowsPerChunk = 16_384;

/**
 * SHA-256 (hex) over the data of a Parquet file: column names and types, row count, every value, in the file's order. The
 * file's bytes, its row groups, the engine's threads and the machine do not matter.
 *
 * The engine makes one text of each row and hashes it; only a digest per 16,384 rows leaves it. In a row's text a NULL is
 * `N`; text is its length in bytes, a colon, and itself; other values are their SQL text (floats: the shortest that reads
 * back the same). Values are parted by `|`, which no unprefixed value holds: so NULL, '' and 'NULL' differ, and nothing can
 * move across a column's boundary.
 */
export async function contentHash(
  warehouse: Warehouse,
  file: ParquetFile,
  signal?: AbortSignal,
): Promise<string> {
  const { rows: digests } = await warehouse.queryFiles(
    `WITH hashed AS (
       SELECT file_row_number AS position, sha256(concat_ws('|', ${file.columns.map(valueText).join(", ")})) AS digest
       FROM read_parquet(${quoteText(file.path)}, file_row_number = true)
     )
     SELECT sha256(string_agg(digest, '' ORDER BY position)) FROM hashed
     GROUP BY position // ${rowsPerChunk} ORDER BY position // ${rowsPerChunk}`,
    { signal },
  );
  const columns = file.columns.map(({ name, type }) => [name, type]);
  return sha256(
    canonicalJson([contentHashMethod, columns, file.rows, digests.map(([digest]) => String(digest))]),
  );
}

function valueText({ name, type }: ParquetFile["columns"][number]): string {
  const text = `${quoteName(name)}::VARCHAR`;
  return `coalesce(${type === "text" ? `strlen(${text}) || ':' || ${text}` : text}, 'N')`;
}
