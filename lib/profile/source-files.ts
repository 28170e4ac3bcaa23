import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { distinctNames, identifierOf } from "./names";

export interface SourceFile {
  /** The table's name. */
  name: string;
  file: string;
  path: string;
}

const kinds = /\.(csv|csv\.gz|parquet)$/i;
const mostFiles = 200;

/**
 * The CSV and Parquet files of a folder, by name, each with the name of its table.
 * @throws AppError BAD_INPUT where there is no such folder or nothing in it to read
 */
export async function listSourceFiles(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new AppError("BAD_INPUT", `There is no folder ${folder} that can be read.`, { cause });
  });
  const files = entries
    .filter((entry) => entry.isFile() && kinds.test(entry.name) && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();
  if (files.length === 0) {
    throw new AppError("BAD_INPUT", `${folder} holds no .csv, .csv.gz or .parquet file.`);
  }
  if (files.length > mostFiles) {
    throw new AppError("BAD_INPUT", `${folder} holds ${files.length} files; a mart takes ${mostFiles}.`);
  }
  const names = distinctNames(files.map((file) => identifierOf(file.replace(kinds, ""))));
  return files.map((file, index) => ({
    name: names[index] as string,
    file,
    path: path.join(folder, file),
  }));
}

/** @throws AppError BAD_INPUT where the file is gone */
export async function assertFile(folder: string, file: string): Promise<string> {
  const full = path.join(folder, file);
  const found = await stat(full).catch(() => null);
  if (!found?.isFile()) throw new AppError("BAD_INPUT", `${file} is no longer in ${folder}.`);
  return full;
}
