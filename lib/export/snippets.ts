import { quoteText } from "@/lib/warehouse";

export interface Snippet {
  tool: "pandas" | "polars" | "duckdb";
  code: string;
}

/** How to read the matrix at `location`, a path or `s3://…`, in three tools. */
export function readingSnippets(location: string): Snippet[] {
  // A JSON string is a Python string too.
  const python = JSON.stringify(location);
  return [
    { tool: "pandas", code: `import pandas as pd\n\nmatrix = pd.read_parquet(${python})` },
    { tool: "polars", code: `import polars as pl\n\nmatrix = pl.read_parquet(${python}, glob=False)` },
    { tool: "duckdb", code: `SELECT * FROM read_parquet(${quoteText(location)});` },
  ];
}
