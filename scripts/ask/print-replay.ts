import { readFile } from "node:fs/promises";
import { AppError } from "@/lib/errors";
import { replayManifest } from "@/lib/export";
import { closeMarts, openMart } from "@/lib/mart";

/** `--replay manifest.json`: makes the data again and says whether they are the same. */
export async function printReplay(file: string, out?: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((cause) => {
    throw new AppError("NOT_FOUND", `There is no file ${file} to replay.`, { cause });
  });
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_INPUT", `${file} is not JSON. Give the manifest.json of an export.`, { cause });
  }
  try {
    const replay = await replayManifest({ manifest, openMart, out });
    for (const note of replay.notes) console.log(`· ${note}`);
    console.log(
      `Equal: ${replay.rows} rows × ${replay.columns} columns of ${replay.mart} ${replay.stamp}, content ${replay.contentHash}`,
    );
    console.log(replay.path);
  } finally {
    await closeMarts();
  }
}
