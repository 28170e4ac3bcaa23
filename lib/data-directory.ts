import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";

/**
 * Makes sure that DATA_DIR is there and can be written, folder by folder: a recursive mkdir never returns on some
 * pseudo file systems.
 * @throws AppError SETTINGS_INVALID
 */
export async function ensureDataDirectory(directory: string): Promise<void> {
  try {
    await make(directory);
    if (!(await stat(directory)).isDirectory()) throw new Error("not a folder");
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new AppError(
      "SETTINGS_INVALID",
      `DATA_DIR: ${directory} cannot be made or written. Name a folder that this account may write to.`,
      { cause },
    );
  }
}

async function make(directory: string): Promise<void> {
  const isThere = await stat(directory).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await make(path.dirname(directory));
  await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
}
